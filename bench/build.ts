/**
 * Bundles the rows, ours with the deployment's own settings.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Row } from './rows.ts';
import { measureZip } from './zip-size.ts';

export interface BuiltRow extends Row {
  /** The file that Lambda would load. */
  readonly file: string;
  readonly bundleBytes: number;
  readonly zipBytes: number;
}

const outputs = fileURLToPath(new URL('build/', import.meta.url));

export function clearBuilds(): void {
  rmSync(outputs, { recursive: true, force: true });
}

export async function buildRow(row: Row): Promise<BuiltRow> {
  const outdir = join(outputs, row.name);
  const outExtension = { '.js': '.cjs' };
  await build({ outExtension, ...row.options, entryPoints: [row.entry], outdir });
  const files = readdirSync(outdir).map((name) => ({
    name,
    bytes: readFileSync(join(outdir, name)),
  }));
  const file = files.find(({ name }) => /^[\w-]+\.[cm]js$/.test(name))?.name ?? '';
  return {
    ...row,
    file: join(outdir, file),
    bundleBytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
    zipBytes: measureZip(files),
  };
}
