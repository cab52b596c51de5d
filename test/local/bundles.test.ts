import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildBundles } from '../../local/bundles.ts';
import { StartError } from '../../local/start-options.ts';

let folder: string;
let parentFolder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundles-test-'));
  parentFolder = join(folder, 'tmp');
  await mkdir(parentFolder);
  await writeFile(join(folder, 'one.ts'), 'export const handler = (): string => "one";');
  await writeFile(join(folder, 'wrong.ts'), 'export const handler = ;');
});
afterEach(() => rm(folder, { recursive: true }));

const build = (...entryPoints: string[]) =>
  buildBundles(entryPoints, { sourceFolder: folder, parentFolder });

describe('the bundles of npm start', () => {
  it('can be imported until they are removed', async () => {
    const bundles = await build('one.ts');
    const { handler } = await import(bundles.fileOf('one.ts'));
    expect(handler()).toBe('one');
    await bundles.remove();
    await bundles.remove();
    expect(await readdir(parentFolder)).toEqual([]);
  });

  it('stay when those of another npm start are removed', async () => {
    const [first, second] = [await build('one.ts'), await build('one.ts')];
    await first.remove();
    expect(existsSync(second.fileOf('one.ts'))).toBe(true);
    await second.remove();
  });

  it('leave nothing behind when they cannot be built', async () => {
    await expect(build('one.ts', 'wrong.ts')).rejects.toThrow(/Unexpected ";"/);
    expect(await readdir(parentFolder)).toEqual([]);
  });

  it('can be built beside a leftover that cannot be removed, such as one of another user', async () => {
    const leftover = `opentok-sessions-start-${2 ** 30}-abcdef`;
    await mkdir(join(parentFolder, leftover));
    const bundles = await buildBundles(['one.ts'], {
      sourceFolder: folder,
      parentFolder,
      removeFolder: async (removed) => {
        if (removed.endsWith(leftover)) throw Object.assign(new Error(), { code: 'EPERM' });
        await rm(removed, { recursive: true });
      },
    });
    expect(existsSync(bundles.fileOf('one.ts'))).toBe(true);
    await bundles.remove();
    expect(await readdir(parentFolder)).toEqual([leftover]);
  });

  it('need a temporary folder that can be written', async () => {
    const missing = join(folder, 'missing');
    await expect(
      buildBundles(['one.ts'], { sourceFolder: folder, parentFolder: missing }),
    ).rejects.toThrow(
      new StartError(
        `The temporary folder ${missing} cannot be written (ENOENT). Set TMPDIR (on Windows, TEMP) to a folder that can.`,
      ),
    );
  });

  it('of a process that was killed are removed at the next start, and nothing else', async () => {
    // No process has this number: it is above the largest of Linux and of macOS.
    const leftover = `opentok-sessions-start-${2 ** 30}-abcdef`;
    const kept = [`opentok-sessions-start-${process.ppid}-abcdef`, 'opentok-sessions-abcdef'];
    for (const name of [leftover, ...kept]) await mkdir(join(parentFolder, name));
    const bundles = await build('one.ts');
    await bundles.remove();
    expect((await readdir(parentFolder)).toSorted()).toEqual(kept.toSorted());
  });
});
