import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isRunning } from '../../local/running.ts';
import { projectFolder, readService, withoutBundler } from '../../local/service.ts';

let folder: string | undefined;
let pid = 0;

afterEach(async () => {
  if (pid > 0 && isRunning(pid)) process.kill(pid, 'SIGKILL');
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('the command that reads serverless.yml', () => {
  it('ends at once when it is aborted, although it ignores SIGTERM', async () => {
    folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-service-'));
    const pidFile = join(folder, 'pid');
    const deaf = `data:text/javascript,${encodeURIComponent(`
      import { writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => undefined);
      writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
    `)}`;
    const { PATH = '' } = process.env;
    const stopped = new AbortController();
    const reading = readService(
      { secretId: 'video/project', auth: 'none' },
      {
        environment: { PATH, HOME: folder, NODE_OPTIONS: `--import=${deaf}` },
        signal: stopped.signal,
      },
    );
    const failure = expect(reading).rejects.toThrow('serverless.yml cannot be read');
    pid = await vi.waitFor(async () => Number(await readFile(pidFile, 'utf8')), 20_000);
    expect(isRunning(pid)).toBe(true);
    stopped.abort();
    await failure;
    expect(isRunning(pid)).toBe(false);
  });

  it('prints the same without the plugin that bundles', async () => {
    const serverless = fileURLToPath(
      new URL('../../node_modules/serverless/bin/serverless.js', import.meta.url),
    );
    const { PATH = '', HOME = '' } = process.env;
    const print = async (...options: readonly string[]) => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [...options, serverless, 'print', '--format', 'json', '--param', 'secretId=video/project'],
        { cwd: projectFolder, env: { PATH, HOME }, maxBuffer: 16 * 1024 * 1024 },
      );
      return JSON.parse(stdout);
    };
    expect(await print('--import', withoutBundler)).toEqual(await print());
  }, 120_000);
});
