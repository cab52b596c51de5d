/**
 * The functions' bundles as a deployment makes them. Each `npm start` has its own folder, so
 * that several can run side by side.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { build, version as esbuildVersion } from 'esbuild';
import { bundleOptions } from '../deploy/esbuild.config.mjs';
import { cacheByInputs } from './input-cache.ts';
import { isRunning } from './running.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const folderName = /^opentok-sessions-start-(\d+)-/;

/** Everything that is bundled or decides how, relative to the project. The lock file stands for node_modules. */
export const BUNDLE_INPUTS = [
  'handlers',
  'lib',
  'docs/openapi.json',
  'package.json',
  'package-lock.json',
  'deploy/esbuild.config.mjs',
  'local/bundles.ts',
];

export interface Bundles {
  /** Returns the bundle of an entry point. */
  fileOf(entryPoint: string): string;
  /** Removes all bundles. May be called twice. */
  remove(): Promise<void>;
}

/**
 * @param entryPoints Paths relative to `sourceFolder`.
 * @param options.cacheFolder Keeps the bundles until an input changes. Default: no cache.
 * @param options.parentFolder Default the system's temporary folder.
 * @param options.removeFolder For tests. Default removes a folder and everything in it.
 * @throws StartError if the temporary folder cannot be used
 * @throws Error of esbuild
 */
export async function buildBundles(
  entryPoints: readonly string[],
  {
    sourceFolder,
    cacheFolder,
    parentFolder = tmpdir(),
    removeFolder = (folder) => rm(folder, { recursive: true, force: true }),
  }: {
    readonly sourceFolder: string;
    readonly cacheFolder?: string;
    readonly parentFolder?: string;
    readonly removeFolder?: (folder: string) => Promise<void>;
  },
): Promise<Bundles> {
  const leftovers = await findLeftovers(parentFolder);
  // A leftover of another user cannot be removed; it is theirs to remove.
  await Promise.allSettled(leftovers.map(removeFolder));
  const folder = await makeTemporaryFolder(`opentok-sessions-start-${process.pid}-`, parentFolder);
  const remove = () => removeFolder(folder);
  const outdirOf = (entryPoint: string) => join(folder, basename(entryPoint, '.ts'));
  const compute = () => bundleAll(entryPoints, sourceFolder);
  const inputs = {
    folder: sourceFolder,
    paths: BUNDLE_INPUTS,
    values: [process.version, esbuildVersion, entryPoints],
  };
  try {
    const outputs = await (cacheFolder ? cacheByInputs(cacheFolder, inputs, compute) : compute());
    await Promise.all(
      outputs.map(async ({ entryPoint, name, text }) => {
        await mkdir(outdirOf(entryPoint), { recursive: true });
        await writeFile(join(outdirOf(entryPoint), name), text);
      }),
    );
  } catch (cause) {
    await remove();
    throw cause;
  }
  return {
    fileOf: (entryPoint) => join(outdirOf(entryPoint), `${basename(entryPoint, '.ts')}.mjs`),
    remove,
  };
}

interface Output {
  readonly entryPoint: string;
  readonly name: string;
  readonly text: string;
}

/** In one run of esbuild, which parses what the entry points share once: a third of the time of one run for each. */
async function bundleAll(entryPoints: readonly string[], sourceFolder: string): Promise<Output[]> {
  const names = new Map(entryPoints.map((entryPoint) => [basename(entryPoint, '.ts'), entryPoint]));
  const { outputFiles } = await build({
    ...bundleOptions,
    absWorkingDir: sourceFolder,
    entryPoints: [...names].map(([name, entryPoint]) => ({
      in: entryPoint,
      out: `${name}/${name}`,
    })),
    outdir: 'bundles',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ path, text }) => ({
    entryPoint: names.get(basename(dirname(path))) as string,
    name: basename(path),
    text,
  }));
}

/** Returns the folders of processes that were killed before they could remove them. */
async function findLeftovers(parentFolder: string): Promise<string[]> {
  // Some systems let users create files in the temporary folder, but not list it.
  const names = await readdir(parentFolder).catch(() => []);
  return names
    .filter((name) => {
      const pid = Number(folderName.exec(name)?.[1]);
      return pid > 0 && !isRunning(pid);
    })
    .map((name) => join(parentFolder, name));
}
