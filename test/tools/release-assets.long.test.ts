import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bundleOptions } from '../../deploy/esbuild.config.mjs';
import manifest from '../../package.json' with { type: 'json' };
import { readReleaseNotes } from '../../tools/release-assets.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const { functions, optionalFunctions } = inject('packaged');
const packaged = { ...functions, ...optionalFunctions };
const clientFile = `opentok-sessions-client-${manifest.version}.tgz`;

/** Calls `buildAssets` in a separate process, because it depends on the process's settings. */
async function buildIn(target: string, { umask = '022', cwd = root, timeZone = 'UTC' } = {}) {
  const tool = JSON.stringify(join(root, 'tools/release-assets.ts'));
  const call = `import(${tool}).then((tool) => tool.buildAssets(${JSON.stringify(target)}))`;
  await run('sh', ['-c', `umask ${umask} && exec "$0" --eval "$1"`, process.execPath, call], {
    cwd,
    env: { ...process.env, TZ: timeZone },
  });
}

let folder = '';
let assets = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-assets-'));
  assets = join(folder, 'first');
  await buildIn(assets);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (name: string): Promise<Buffer> => readFile(join(assets, name));
const readSbom = async () => JSON.parse((await read('sbom.cdx.json')).toString());

async function sumsOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const sums = names.map(async (name) => {
    const hash = createHash('sha256').update(await readFile(join(folder, name)));
    return [name, hash.digest('hex')];
  });
  return Object.fromEntries(await Promise.all(sums));
}

/** Packages and versions, by esbuild's own report of what it bundled. */
async function findBundledPackages(): Promise<string[]> {
  const { metafile } = await build({
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: readdirSync(join(root, 'handlers')).map((file) => `handlers/${file}`),
    outdir: 'bundles',
    write: false,
    metafile: true,
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = inputs.flatMap((input) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []);
  const packages = [...new Set(folders)].map(async (path) => {
    const { name, version } = JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8'));
    return `${name}@${version}`;
  });
  return (await Promise.all(packages)).sort();
}

describe('buildAssets', () => {
  it('writes a zip per function, the client, the SBOM, the licenses and the sums', async () => {
    expect((await readdir(assets)).sort()).toEqual(
      [
        ...Object.keys(packaged).map((name) => `${name}.zip`),
        clientFile,
        'SHA256SUMS',
        'sbom.cdx.json',
        'third-party-licenses.txt',
      ].sort(),
    );
  });

  it.each(Object.entries(packaged))(
    'zips the bundle of %s that a deployment uploads',
    async (name, { zipFile }) => {
      const [own, deployed] = [await read(`${name}.zip`), await readFile(zipFile)];
      expect(unzipSync(own)).toEqual(unzipSync(deployed));
    },
  );

  it('writes the same bytes with another umask, time zone and working directory', async () => {
    const second = join(folder, 'second');
    await buildIn(second, { umask: '077', cwd: folder, timeZone: 'Pacific/Auckland' });
    expect(await sumsOf(second)).toEqual(await sumsOf(assets));
  });

  it('lists the SHA-256 sum of every other file', async () => {
    const { SHA256SUMS: _, ...others } = await sumsOf(assets);
    const lines = Object.entries(others).map(([name, sum]) => `${sum}  ${name}\n`);
    expect((await read('SHA256SUMS')).toString()).toBe(lines.join(''));
  });

  it('lists exactly the packages with code in a bundle, with their versions', async () => {
    const { metadata, components, dependencies } = await readSbom();
    expect(metadata.component).toMatchObject({ name: manifest.name, version: manifest.version });
    const listed = components.map(({ group, name, version }: Record<string, string>) =>
      [[group, name].filter(Boolean).join('/'), version].join('@'),
    );
    expect(listed.sort()).toEqual(await findBundledPackages());
    const references = new Set([
      metadata.component['bom-ref'],
      ...components.map((component: Record<string, string>) => component['bom-ref']),
    ]);
    for (const { ref, dependsOn = [] } of dependencies)
      for (const reference of [ref, ...dependsOn]) expect(references).toContain(reference);
  });

  it.each(['sbom.cdx.json', 'third-party-licenses.txt'])(
    'names no path of this machine in %s',
    async (name) => {
      expect((await read(name)).toString()).not.toContain(dirname(root.slice(0, -1)));
    },
  );

  it('contains the license text of every component', async () => {
    const text = (await read('third-party-licenses.txt')).toString();
    const { components } = await readSbom();
    for (const { name, version } of components) expect(text).toContain(`${name} ${version}`);
    expect(text).toContain('Apache License');
    expect(text).toContain('Copyright (c) 2018 Filip Skokan');
  });
});

describe('readReleaseNotes', () => {
  const changelog =
    '# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-02-03\n\n- More.\n\n## 0.1.0 - 2026-01-01\n\n- Sessions.\n';

  it.each([
    ['v0.2.0', '0.2.0', '- More.'],
    ['v0.1.0', '0.1.0', '- Sessions.'],
  ])('returns the entries of %s', (tag, version, notes) => {
    expect(readReleaseNotes(changelog, { tag, version })).toBe(notes);
  });

  it.each([
    ['a tag of another version', { tag: 'v0.2.0', version: '0.1.0' }, 'package.json has 0.1.0'],
    ['a tag without a v', { tag: '0.2.0', version: '0.2.0' }, 'package.json has 0.2.0'],
    ['a version without entries', { tag: 'v0.2.1', version: '0.2.1' }, 'lists nothing for 0.2.1'],
    ['a version that is the start of another one', { tag: 'v0.2', version: '0.2' }, 'nothing for'],
  ])('rejects %s', (_, release, message) => {
    expect(() => readReleaseNotes(changelog, release)).toThrow(message);
  });
});
