/**
 * The functions' bundles as a deployment makes them, in a folder of their own for each `npm start`:
 * any number of them side by side, and none takes away what another runs on.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../deploy/esbuild.config.mjs';
import { isRunning } from './running.ts';

const folderName = /^opentok-sessions-start-(\d+)-/;

export interface Bundles {
  /** The bundle of an entry point. */
  fileOf(entryPoint: string): string;
  /** Removes them. May be called twice. */
  remove(): Promise<void>;
}

/**
 * @param entryPoints from `sourceFolder` @param options.parentFolder Default the system's temporary one.
 * @throws Error of esbuild
 */
export async function buildBundles(
  entryPoints: readonly string[],
  {
    sourceFolder,
    parentFolder = tmpdir(),
  }: { readonly sourceFolder: string; readonly parentFolder?: string },
): Promise<Bundles> {
  await removeLeftovers(parentFolder);
  const folder = await mkdtemp(join(parentFolder, `opentok-sessions-start-${process.pid}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
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
    // One that still writes would bring the folder back.
    await Promise.allSettled(builds);
    await remove();
    throw cause;
  }
  return {
    fileOf: (entryPoint) => join(outdirOf(entryPoint), `${basename(entryPoint, '.ts')}.mjs`),
    remove,
  };
}

/** What those left behind that were killed before they could remove it. */
async function removeLeftovers(parentFolder: string): Promise<void> {
  for (const name of await readdir(parentFolder)) {
    const pid = Number(folderName.exec(name)?.[1]);
    if (pid > 0 && !isRunning(pid)) {
      await rm(join(parentFolder, name), { recursive: true, force: true });
    }
  }
}
