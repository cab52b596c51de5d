/**
 * `npm run release:assets`: builds what a release attaches, in `release/assets`. With the tag as an argument, which
 * must match the version, it also writes the entries of the changelog to `release/notes.md`.
 *
 * The same sources give the same bytes on every machine, so that anyone can compare a download with their own build.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild';
import { build, type OutputFile } from 'esbuild';
import { zipSync } from 'fflate';
import { bundleOptions } from '../deploy/esbuild.config.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** The parts of a CycloneDX document that are read here. */
interface Sbom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: string[] }[];
}

interface Component {
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly evidence: { readonly licenses: readonly { readonly license: LicenseFile }[] };
}

interface LicenseFile {
  readonly text: { readonly content: string };
}

/**
 * Writes the zips of all functions, the client's package, an SBOM and the licenses of what the zips contain, and the
 * sums of all of these.
 *
 * @param folder is emptied first
 */
export async function buildAssets(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const [{ bundles, sbom }] = await Promise.all([bundleAll(), packClient(folder)]);
  for (const bundle of bundles)
    await writeFile(join(folder, `${functionNameOf(bundle.path)}.zip`), zipBundle(bundle));
  await writeFile(join(folder, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
  await writeFile(join(folder, 'third-party-licenses.txt'), listLicenses(sbom));
  await writeFile(join(folder, 'SHA256SUMS'), await sumFiles(folder));
}

/** Bundles every handler as a deployment does. The SBOM lists the packages that are in the bundles. */
async function bundleAll(): Promise<{ bundles: readonly OutputFile[]; sbom: Sbom }> {
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-sbom-'));
  const outputFile = join(folder, 'sbom.json');
  try {
    const { outputFiles } = await build({
      ...bundleOptions,
      absWorkingDir: root,
      entryPoints: readdirSync(join(root, 'handlers')).map((file) => `handlers/${file}`),
      outbase: '.',
      outdir: '.',
      write: false,
      logLevel: 'silent',
      plugins: [
        ...(bundleOptions.plugins ?? []),
        cyclonedxEsbuildPlugin({
          ...{ outputFile, outputReproducible: true, gatherLicenseTexts: true, validate: true },
          logLevel: 'silent',
        }),
      ],
    });
    const sbom = omitNodeModules(JSON.parse(await readFile(outputFile, 'utf8')));
    return { bundles: outputFiles, sbom };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Omits Node's own modules, which a plugin of the bundle makes look like packages. */
function omitNodeModules(sbom: Sbom): Sbom {
  const isVirtual = ({ properties = [] }: Component) =>
    properties.some(({ name }) => name === 'cdx:esbuild:input:isVirtual');
  const virtual = new Set(sbom.components.filter(isVirtual).map((virtual) => virtual['bom-ref']));
  return {
    ...sbom,
    components: sbom.components.filter((component) => !virtual.has(component['bom-ref'])),
    dependencies: sbom.dependencies
      .filter(({ ref }) => !virtual.has(ref))
      .map(({ ref, dependsOn = [] }) => ({
        ref,
        dependsOn: dependsOn.filter((reference) => !virtual.has(reference)),
      })),
  };
}

/** Returns the name that serverless.yml uses: `createSession` for `create-session.mjs`. */
function functionNameOf(path: string): string {
  return basename(path, '.mjs').replace(/-./g, ([, letter = '']) => letter.toUpperCase());
}

/** The time of day in a zip has no zone, so the first moment of its calendar is the same everywhere. */
function zipBundle({ path, contents }: OutputFile): Uint8Array {
  const attributes = { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16, level: 9 } as const;
  return zipSync({ [`handlers/${basename(path)}`]: [contents, attributes] });
}

/**
 * Runs `npm pack` in a copy, so that nothing is written to the folder of the sources. The tarball contains the modes
 * of files, which depend on the umask of the checkout.
 */
async function packClient(folder: string): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), 'opentok-sessions-client-'));
  const source = join(root, 'client');
  const dist = join(copy, 'dist');
  try {
    await cp(source, copy, {
      recursive: true,
      filter: (path) => path !== join(source, 'dist'),
    });
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    await run(process.execPath, [tsc, '-p', source, '--outDir', dist]);
    const entries = await readdir(copy, { recursive: true, withFileTypes: true });
    for (const entry of entries)
      if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o644);
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: copy });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function listLicenses({ components }: Sbom): string {
  const texts = components.map(({ group, name, version, evidence }) => {
    const files = evidence.licenses.map(({ license }) =>
      Buffer.from(license.text.content, 'base64').toString().trim(),
    );
    return [`${group ? `${group}/` : ''}${name} ${version}`, ...files].join('\n\n');
  });
  const line = '-'.repeat(80);
  return `The zips contain code of these packages.\n\n${texts.join(`\n\n${line}\n`)}\n`;
}

/** As `sha256sum --check` reads them. */
async function sumFiles(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort();
  const lines = names.map(async (name) => {
    const hash = createHash('sha256').update(await readFile(join(folder, name)));
    return `${hash.digest('hex')}  ${name}\n`;
  });
  return (await Promise.all(lines)).join('');
}

/**
 * Returns what the changelog lists for a version.
 *
 * @throws Error if the tag is not `v` and the version, or the changelog lists nothing for it
 */
export function readReleaseNotes(
  changelog: string,
  { tag, version }: { readonly tag: string; readonly version: string },
): string {
  if (tag !== `v${version}`)
    throw new Error(`The tag is ${tag}, but package.json has ${version}. Tag with npm version.`);
  const section = changelog.split(/^## /m).find((text) => text.startsWith(`${version} - `));
  const notes = section?.replace(/.*\n/, '').trim();
  if (!notes) throw new Error(`CHANGELOG.md lists nothing for ${version}.`);
  return notes;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const release = join(root, 'release');
  const tag = process.argv[2];
  try {
    await rm(release, { recursive: true, force: true });
    await mkdir(release);
    if (tag !== undefined) {
      const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
      const notes = readReleaseNotes(await readFile(join(root, 'CHANGELOG.md'), 'utf8'), {
        ...{ tag, version },
      });
      await writeFile(join(release, 'notes.md'), `${notes}\n`);
    }
    await buildAssets(join(release, 'assets'));
    for (const name of await readdir(join(release, 'assets')))
      console.log(`release/assets/${name}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
