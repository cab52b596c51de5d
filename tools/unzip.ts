/** Unpacks a zip file as Lambda does with a function's code. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/**
 * Unpacks `zipFile` into `folder`.
 *
 * @returns the names of its files, in the order of the zip's directory
 * @throws Error if it is not a zip
 */
export async function unzip(zipFile: string, folder: string): Promise<string[]> {
  const files = unzipSync(await readFile(zipFile));
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return Object.keys(files);
}
