import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleOptions } from '../../deploy/esbuild.config.mjs';
import { BUNDLE_INPUTS, buildBundles } from '../../local/bundles.ts';
import { projectFolder } from '../../local/service.ts';
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

  it('are as a deployment makes them, each alone', async () => {
    await writeFile(join(folder, 'shared.ts'), 'export const names = new Set<string>();');
    const using = (name: string) =>
      `import { names } from './shared.ts'; export const handler = () => names.add('${name}');`;
    await writeFile(join(folder, 'two.ts'), using('two'));
    await writeFile(join(folder, 'three.ts'), using('three'));
    const bundles = await build('two.ts', 'three.ts');
    for (const name of ['two.ts', 'three.ts']) {
      const { outputFiles } = await bundle({
        ...bundleOptions,
        absWorkingDir: folder,
        entryPoints: [name],
        outdir: 'out',
        write: false,
      });
      expect(await readFile(bundles.fileOf(name), 'utf8')).toBe(outputFiles[0]?.text);
    }
    await bundles.remove();
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

  it('are built again with a cache only after an input has changed', async () => {
    await mkdir(join(folder, 'handlers'));
    const write = (text: string) =>
      writeFile(join(folder, 'handlers/one.ts'), `export const text = "${text}";`);
    const read = async () => {
      const bundles = await buildBundles(['handlers/one.ts'], {
        ...{ sourceFolder: folder, parentFolder, cacheFolder: join(folder, 'cache') },
      });
      const { text } = await import(bundles.fileOf('handlers/one.ts'));
      await bundles.remove();
      return text;
    };
    await write('first');
    expect([await read(), await read()]).toEqual(['first', 'first']);
    expect(await readdir(join(folder, 'cache'))).toHaveLength(1);
    await write('second');
    expect(await read()).toBe('second');
  });

  it('have no input that the cache does not know', async () => {
    const names = await readdir(join(projectFolder, 'handlers'));
    const { metafile } = await bundle({
      ...bundleOptions,
      absWorkingDir: projectFolder,
      entryPoints: names.map((name) => `handlers/${name}`),
      outdir: 'unused',
      write: false,
      metafile: true,
    });
    const unknown = Object.keys(metafile.inputs).filter(
      (path) =>
        !/^(?:builtin:|(?:\.\.\/)*node_modules\/)/.test(path) &&
        !BUNDLE_INPUTS.some((input) => path === input || path.startsWith(`${input}/`)),
    );
    expect(unknown).toEqual([]);
  });
});
