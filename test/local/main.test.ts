import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const main = fileURLToPath(new URL('../../local/main.js', import.meta.url));

describe('the entry point of npm start', () => {
  it('is what package.json starts', () => {
    expect(packageJson.scripts.start).toBe('node local/main.js');
  });

  it('explains in one line what a Node without type stripping lacks', async () => {
    const outcome = await new Promise((resolve) => {
      const args = ['--no-experimental-strip-types', main];
      execFile(process.execPath, args, (error, stdout, stderr) =>
        resolve({ exitCode: error?.code, stdout, stderr }),
      );
    });
    expect(outcome).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^npm start needs Node 22\.18 or newer, .*npm rebuild node --ignore-scripts=false.*\n$/,
      ),
    });
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
