import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheByInputs } from '../../local/input-cache.ts';

let folder = '';
let cacheFolder = '';
let computed = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-cache-'));
  cacheFolder = join(folder, 'cache');
  computed = 0;
  await write('serverless.yml', 'service: a');
  await write('deploy/resources/a.js', 'a');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

const read = (values: unknown = {}) =>
  cacheByInputs(
    cacheFolder,
    { folder, paths: ['serverless.yml', 'deploy', 'stages'], values },
    async () => [++computed],
  );

describe('cacheByInputs', () => {
  it('computes once for the same inputs', async () => {
    expect([await read(), await read()]).toEqual([[1], [1]]);
  });

  it.each<[change: string, apply: () => Promise<void>]>([
    ['a changed file', () => write('serverless.yml', 'service: b')],
    ['a changed file in a folder of a folder', () => write('deploy/resources/a.js', 'b')],
    ['a new file', () => write('stages/dev.yml', 'auth: jwt')],
    ['a removed file', () => rm(join(folder, 'deploy/resources/a.js'))],
    [
      'content that moves between files',
      async () => {
        await write('serverless.yml', '');
        await write('deploy/resources/a.js', 'aservice: a');
      },
    ],
  ])('computes again after %s', async (_change, apply) => {
    await read();
    await apply();
    expect(await read()).toEqual([2]);
  });

  it('computes again for other values, and keeps both results', async () => {
    await read({ auth: 'none' });
    await read({ auth: 'jwt' });
    expect([await read({ auth: 'none' }), await read({ auth: 'jwt' })]).toEqual([[1], [2]]);
  });

  it('ignores node_modules in a folder', async () => {
    await read();
    await write('deploy/cli/node_modules/x/index.js', 'x');
    expect(await read()).toEqual([1]);
  });

  it('computes again if the stored result is damaged', async () => {
    await read();
    const [name = ''] = await readdir(cacheFolder);
    await writeFile(join(cacheFolder, name), '[');
    expect([await read(), await read()]).toEqual([[2], [2]]);
  });

  it('returns the result if the cache cannot be written', async () => {
    await writeFile(cacheFolder, 'a file where the folder should be');
    expect(await read()).toEqual([1]);
  });

  it('stores no failure', async () => {
    const failing = cacheByInputs(cacheFolder, { folder, paths: [], values: 1 }, () =>
      Promise.reject(new Error('invalid')),
    );
    await expect(failing).rejects.toThrow('invalid');
    await expect(readdir(cacheFolder)).rejects.toThrow('ENOENT');
  });

  it('keeps at most 8 results', async () => {
    for (let value = 0; value < 20; value++) await read(value);
    expect((await readdir(cacheFolder)).length).toBeLessThanOrEqual(8);
  });
});
