/**
 * Bundles the peers, and packages our functions with the deployment's own command.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { copyService, packageService } from '../package-service.ts';
import { unzip } from '../unzip.ts';
import type { OurRow, PeerRow, Row } from './rows.ts';

export type BuiltRow = Row & {
  /** The file that Lambda would load. */
  readonly file: string;
  /** Its size: what Node reads and compiles at a cold start. */
  readonly bundleBytes: number;
};

const outputs = fileURLToPath(new URL('build/', import.meta.url));

export async function buildRows(rows: readonly Row[]): Promise<BuiltRow[]> {
  rmSync(outputs, { recursive: true, force: true });
  const service = await copyService();
  try {
    const { zipFolder } = await packageService(service, {
      liveRooms: 'true',
      resultBus: 'results',
    });
    return await Promise.all(
      rows.map((row) => ('functionName' in row ? unpack(row, zipFolder) : bundle(row))),
    );
  } finally {
    await service.remove();
  }
}

async function unpack(row: OurRow, zipFolder: string): Promise<BuiltRow> {
  const zipFile = join(zipFolder, `${row.functionName}.zip`);
  const folder = join(outputs, row.name);
  await unzip(zipFile, folder);
  const file = join(folder, 'handlers', `${row.name}.mjs`);
  return { ...row, file, bundleBytes: statSync(file).size };
}

async function bundle(row: PeerRow): Promise<BuiltRow> {
  const folder = join(outputs, row.name);
  const outExtension = { '.js': row.options.format === 'esm' ? '.mjs' : '.cjs' };
  await build({ ...row.options, outExtension, entryPoints: [row.entry], outdir: folder });
  const [name = ''] = readdirSync(folder);
  const file = join(folder, name);
  return { ...row, file, bundleBytes: statSync(file).size };
}
