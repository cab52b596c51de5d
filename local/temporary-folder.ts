import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from './start-options.ts';

/** @throws StartError if the temporary folder cannot be written. */
export async function makeTemporaryFolder(
  prefix: string,
  parentFolder = tmpdir(),
): Promise<string> {
  try {
    return await mkdtemp(join(parentFolder, prefix));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new StartError(
      `The temporary folder ${parentFolder} cannot be written (${code}). Set TMPDIR (on Windows, TEMP) to a folder that can.`,
    );
  }
}
