/** The client as a package: size, dependencies, entry points. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import manifest from '../../client/package.json' with { type: 'json' };

const clientFolder = fileURLToPath(new URL('../../client', import.meta.url));

/** @param names What an app imports. Default: everything. */
async function bundle(target: string | string[], names = '*') {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export ${names} from './index.ts'`, resolveDir: clientFolder },
    absWorkingDir: clientFolder,
    bundle: true,
    minify: true,
    format: 'esm',
    target,
    write: false,
    metafile: true,
    outfile: 'client.js',
  });
  const [{ contents } = expect.fail('esbuild built nothing')] = outputFiles;
  return { contents, inputs: Object.keys(metafile.inputs) };
}

it.each([
  ['everything', '*', 3_000],
  // What a page loads that people join on: the calls of hosts cost it nothing.
  ['a page that joins', '{ createTokenSource, readInvite, ProblemError }', 2_400],
  ['a page of hosts', '{ createClient, rulesOf, ProblemError }', 2_200],
])('is small, minified and compressed: %s', async (_, names, limit) => {
  const { contents } = await bundle('esnext', names);
  expect(gzipSync(contents, { level: 9 }).length).toBeLessThan(limit);
  expect(brotliCompressSync(contents).length).toBeLessThan(limit);
});

it('consists of the files in client/', async () => {
  const { inputs } = await bundle('esnext');
  expect(inputs.filter((input) => !/^(?:<stdin>|[a-z-]+\.ts)$/.test(input))).toEqual([]);
});

it('has no syntax that the least browsers of docs/client.md lack', async () => {
  const docs = readFileSync(new URL('../../docs/client.md', import.meta.url), 'utf8');
  const least = (name: string) =>
    new RegExp(`^\\| .*${name}.* \\| (\\d+) \\|`, 'm').exec(docs)?.[1];
  const targets = ['Chrome', 'Edge', 'Firefox', 'Safari'].map(
    (name) => `${name.toLowerCase()}${least(name)}`,
  );
  expect(targets.join()).toMatch(/^chrome\d+,edge\d+,firefox\d+,safari\d+$/);
  // esbuild would rewrite what they lack.
  const [newest, lowered] = [await bundle('esnext'), await bundle(targets)];
  expect(Buffer.from(lowered.contents).toString()).toBe(Buffer.from(newest.contents).toString());
});

it('has no dependencies', () => {
  expect(Object.keys(manifest).filter((field) => /dependencies$/i.test(field))).toEqual([]);
});

it('names its types and its module in `main` and `types` too, for resolvers without `exports`', () => {
  const { default: module, types } = manifest.exports['.'];
  expect([manifest.main, manifest.types]).toEqual([module, types]);
});

it.each([
  ['import()', '--input-type=module', (path: string) => `await import(${JSON.stringify(path)})`],
  ['require()', '--input-type=commonjs', (path: string) => `require(${JSON.stringify(path)})`],
])('is loaded by name with %s', async (_, type, load) => {
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-client-'));
  try {
    const installed = join(folder, 'node_modules', manifest.name);
    const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
    await promisify(execFile)(tsc, ['-p', clientFolder, '--outDir', join(installed, 'dist')]);
    await cp(join(clientFolder, 'package.json'), join(installed, 'package.json'));
    expect(await readdir(join(installed, 'dist'))).toContain(basename(manifest.types));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [type, '--eval', `console.log(Object.keys(${load(manifest.name)}).sort().join())`],
      { cwd: folder },
    );
    expect(stdout.trim()).toBe('ProblemError,createClient,createTokenSource,readInvite,rulesOf');
  } finally {
    await rm(folder, { recursive: true });
  }
});
