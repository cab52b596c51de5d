/** The client as a package: its weight, what it leans on, and what `tsc` makes of it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import manifest from '../../client/package.json' with { type: 'json' };

const clientFolder = fileURLToPath(new URL('../../client', import.meta.url));

it('weighs less than 2 KB in a browser', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(clientFolder, 'index.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    outfile: 'client.js',
  });
  const contents = outputFiles[0]?.contents ?? expect.fail('nothing was built');
  expect(gzipSync(contents, { level: 9 }).length).toBeLessThan(2_000);
  expect(brotliCompressSync(contents).length).toBeLessThan(2_000);
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((input) => !/client\/[a-z-]+\.ts$/.test(input))).toEqual([]);
});

it('depends on nothing', () => {
  expect(Object.keys(manifest).filter((field) => /dependencies$/i.test(field))).toEqual([]);
});

it('is built into modules that Node loads and types to go with them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-client-'));
  try {
    const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
    await promisify(execFile)(tsc, ['-p', clientFolder, '--outDir', folder]);
    const { default: module, types } = manifest.exports['.'];
    const files = await readdir(folder);
    expect(files).toContain(types.replace('./dist/', ''));
    const built = join(folder, module.replace('./dist/', ''));
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--input-type=module', '--eval'],
      `console.log(Object.keys(await import(${JSON.stringify(pathToFileURL(built).href)})).join())`,
    ]);
    expect(stdout.trim()).toBe('ProblemError,createClient,createTokenSource');
  } finally {
    await rm(folder, { recursive: true });
  }
});
