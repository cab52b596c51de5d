/** What git does with a checkout: line endings and ignored files. Needs git, but no repository. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

async function git(...args: string[]): Promise<string> {
  // No configuration of the machine or its owner.
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const { stdout } = await promisify(execFile)('git', ['-C', folder, ...args], { env });
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-checkout-'));
  await git('init', '--quiet');
  for (const file of ['.gitattributes', '.gitignore']) {
    await copyFile(join(project, file), join(folder, file));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a checkout with core.autocrlf=true and core.eol=crlf', () => {
  const textFiles = [
    ...['lib/a.ts', 'a.mjs', 'deploy/a.js', 'a.json', 'a.md', 'a.yml', 'a.html', 'a.css', 'a.py'],
    ...['a.txt', 'a.pem', '.npmrc', '.editorconfig', 'LICENSE', '.ci/run', '.nvmrc', 'a.tsx'],
  ];
  const lines = 'one\ntwo\n';
  // The first bytes of every PNG file; they hold CR and LF, which must stay.
  const png = Buffer.from('89504e470d0a1a0a0d0a0a', 'hex');

  it.each([
    ...textFiles.map((file) => [file, Buffer.from(lines)] as const),
    ['a.png', png] as const,
  ])('keeps every byte of %s', async (file, content) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
    await git('add', '--', file);
    await rm(join(folder, file));
    const windows = ['-c', 'core.autocrlf=true', '-c', 'core.eol=crlf'];
    await git(...windows, 'checkout-index', '--force', '--', file);
    expect(await readFile(join(folder, file))).toEqual(content);
  });
});

describe('git ignores', () => {
  it.each([
    'opentok-sessions-0.1.0.tgz',
    'client/opentok-sessions-client-0.1.0.tgz',
    'client/dist/index.js',
    'examples/web/dist/index.html',
  ])('what npm pack and the builds write: %s', async (file) => {
    expect((await git('check-ignore', '--', file)).trim()).toBe(file);
  });
});
