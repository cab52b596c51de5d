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
});
