/**
 * Keeps a result on disk until one of the files or values that it was computed from changes. Reading
 * serverless.yml and bundling take seconds of processor time, and most starts change nothing.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CacheInputs {
  /** Folder that `paths` are relative to. */
  readonly folder: string;
  /** Files, and folders with everything in them; missing ones count as empty. */
  readonly paths: readonly string[];
  /** Other inputs, as JSON. */
  readonly values: unknown;
}

/** Results in the folder: enough for the projects and options that one developer alternates between. */
const MAX_RESULTS = 8;

/**
 * Returns the stored result for these inputs, or computes and stores it. A cache that cannot be read or
 * written costs the time to compute, and is not an error.
 */
export async function cacheByInputs<Result>(
  cacheFolder: string,
  inputs: CacheInputs,
  compute: () => Promise<Result>,
): Promise<Result> {
  const file = join(cacheFolder, `${await hashInputs(inputs)}.json`);
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    const result = await compute();
    await store(cacheFolder, file, result).catch(() => undefined);
    return result;
  }
}

async function hashInputs({ folder, paths, values }: CacheInputs): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(values));
  const lists = await Promise.all(paths.map((path) => listFiles(folder, path)));
  for (const path of lists.flat().sort()) {
    const content = await readFile(join(folder, path)).catch(() => undefined);
    hash.update(`\0${path}\0${content?.length ?? -1}\0`).update(content ?? '');
  }
  return hash.digest('hex');
}

/** Returns the files below a path, or the path itself if it is not a folder. */
async function listFiles(folder: string, path: string): Promise<string[]> {
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [path];
  const lists = entries
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => {
      const below = `${path}/${entry.name}`;
      return entry.isDirectory() ? listFiles(folder, below) : [below];
    });
  return (await Promise.all(lists)).flat();
}

/** Renames a complete file into place, so that two starts at once read whole results. */
async function store(cacheFolder: string, file: string, result: unknown): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const names = await readdir(cacheFolder);
  if (names.length >= MAX_RESULTS) {
    await Promise.all(names.map((name) => rm(join(cacheFolder, name), { force: true })));
  }
  const partial = join(cacheFolder, `${randomUUID()}.partial`);
  await writeFile(partial, JSON.stringify(result));
  await rename(partial, file);
}
