/**
 * How large a zip archive of some files is, without making one: what serverless-esbuild's archiver
 * writes (deflate at its best, data descriptors), so the number is that of the deployed package.
 */
import { deflateRawSync } from 'node:zlib';

const LOCAL_HEADER_BYTES = 30;
const DATA_DESCRIPTOR_BYTES = 16;
const CENTRAL_HEADER_BYTES = 46;
const END_BYTES = 22;

export function measureZip(files: readonly { name: string; bytes: Uint8Array }[]): number {
  const entries = files.map(
    ({ name, bytes }) =>
      LOCAL_HEADER_BYTES +
      DATA_DESCRIPTOR_BYTES +
      CENTRAL_HEADER_BYTES +
      2 * Buffer.byteLength(name) +
      deflateRawSync(bytes, { level: 9 }).length,
  );
  return entries.reduce((sum, bytes) => sum + bytes, END_BYTES);
}
