/** The functions as deployed, in a folder outside the repo. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyService, packageService } from '../package-service.ts';
import { unzip } from '../unzip.ts';

export interface PackagedFunctions {
  readonly createSession: string;
  readonly issueToken: string;
  remove(): Promise<void>;
}

export async function packageFunctions(): Promise<PackagedFunctions> {
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-soak-'));
  const service = await copyService();
  try {
    const { zipFolder } = await packageService(service);
    const unpack = async (name: string, file: string): Promise<string> => {
      const unpacked = join(folder, name);
      await unzip(join(zipFolder, `${name}.zip`), unpacked);
      return join(unpacked, 'handlers', file);
    };
    return {
      createSession: await unpack('createSession', 'create-session.mjs'),
      issueToken: await unpack('issueToken', 'issue-token.mjs'),
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  } finally {
    await service.remove();
  }
}
