import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HELP, readStartOptions } from '../../local/start-options.ts';
import packageJson from '../../package.json' with { type: 'json' };

const main = fileURLToPath(new URL('../../local/main.js', import.meta.url));

describe('the entry point of npm start', () => {
  it('is what package.json starts', () => {
    expect(packageJson.scripts.start).toBe('node local/main.js');
  });

  it.each([
    ['npm start', { npm_lifecycle_event: 'start' }, 'npm rebuild node --ignore-scripts=false'],
    ['node local/main.js', {}, 'Run it with npm start'],
  ])(
    'explains in one line what a Node without type stripping lacks: %s',
    async (_, env, remedy) => {
      const outcome = await new Promise((resolve) => {
        const args = ['--no-experimental-strip-types', main];
        execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
          resolve({ exitCode: error?.code, stdout, stderr }),
        );
      });
      expect(outcome).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(/^npm start needs Node 22\.18 or newer, .*\n$/),
      });
      expect(outcome).toMatchObject({ stderr: expect.stringContaining(remedy) });
    },
  );

  it('is started with the variables of .env by a script, so that npm chooses the Node', () => {
    expect(packageJson.scripts['start:real']).toBe('node --env-file=.env local/main.js');
  });

  it.each([
    [[], 'Starting the API on this machine …\n'],
    [['--json'], ''],
    [['--help'], ''],
  ])('writes a first line for people before it loads anything: %j', async (args, firstLine) => {
    const failing = `data:text/javascript,${encodeURIComponent(`
      import { registerHooks } from 'node:module';
      registerHooks({ resolve: (name, context, next) => {
        if (name === './start.ts') process.exit(7);
        return next(name, context);
      } });
    `)}`;
    const outcome = await new Promise((resolve) => {
      execFile(process.execPath, ['--import', failing, main, ...args], (error, stdout) =>
        resolve({ exitCode: error?.code, stdout }),
      );
    });
    expect(outcome).toEqual({ exitCode: 7, stdout: firstLine });
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');

  it('has only variables that --help explains', () => {
    const named = [...text.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect(named).toContain('OPENTOK_API_KEY');
    for (const name of named) expect(HELP).toContain(name);
  });

  it('starts the stand-ins when it is copied as it is', () => {
    expect(readStartOptions(parseEnv(text))).toMatchObject({ usesRealPlatform: false });
  });

  it('starts a Vonage application when its lines are filled in, with the others still empty', () => {
    const filled = text
      .replace(
        '# VONAGE_APPLICATION_ID=',
        'VONAGE_APPLICATION_ID=01234567-89ab-cdef-0123-456789abcdef',
      )
      .replace('# VONAGE_PRIVATE_KEY_FILE=private.key', 'VONAGE_PRIVATE_KEY=a key');
    expect(readStartOptions(parseEnv(filled))).toMatchObject({
      usesRealPlatform: true,
      project: { applicationId: '01234567-89ab-cdef-0123-456789abcdef' },
    });
  });
});
