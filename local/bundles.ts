/**
 * The functions' bundles as a deployment makes them. Each `npm start` has its own folder, so
 * that several can run side by side.
 */
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../deploy/esbuild.config.mjs';
import { isRunning } from './running.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const folderName = /^opentok-sessions-start-(\d+)-/;

export interface Bundles {
  /** Returns the bundle of an entry point. */
  fileOf(entryPoint: string): string;
  /** Removes all bundles. May be called twice. */
  remove(): Promise<void>;
}

/**
 * @param entryPoints Paths relative to `sourceFolder`.
 * @param options.parentFolder Default the system's temporary folder.
 * @param options.removeFolder For tests. Default removes a folder and everything in it.
 * @throws StartError if the temporary folder cannot be used
 * @throws Error of esbuild
 */
export async function buildBundles(
  entryPoints: readonly string[],
  {
    sourceFolder,
    parentFolder = tmpdir(),
    removeFolder = (folder) => rm(folder, { recursive: true, force: true }),
  }: {
    readonly sourceFolder: string;
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
  const builds = entryPoints.map((entryPoint) =>
    build({
      ...bundleOptions,
      absWorkingDir: sourceFolder,
      entryPoints: [entryPoint],
      outdir: outdirOf(entryPoint),
      logLevel: 'silent',
    }),
  );
  try {
    await Promise.all(builds);
  } catch (cause) {
    // A build that is still writing would create the folder again.
    await Promise.allSettled(builds);
    await remove();
    throw cause;
  }
  return {
    fileOf: (entryPoint) => join(outdirOf(entryPoint), `${basename(entryPoint, '.ts')}.mjs`),
    remove,
  };
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
