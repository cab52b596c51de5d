/**
 * Unpacks a zip file as Lambda does with a function's code. Reads what serverless-esbuild writes:
 * stored or deflated entries, no encryption, no zip64.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const endOfDirectory = 0x06054b50;
const endOfDirectoryBytes = 22;
const deflated = 8;

/**
 * Unpacks `zipFile` into `folder`.
 *
 * @returns the names of its files, in the order of the zip's directory
 * @throws Error when it is no such zip
 */
export async function unzip(zipFile: string, folder: string): Promise<string[]> {
  const zip = await readFile(zipFile);
  const names: string[] = [];
  for (const { name, content } of readEntries(zip)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    names.push(name);
  }
  return names;
}

function* readEntries(zip: Buffer): Generator<{ name: string; content: Buffer }> {
  const end = zip.length - endOfDirectoryBytes;
  if (end < 0 || zip.readUInt32LE(end) !== endOfDirectory) throw new Error('Not a plain zip file');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const method = zip.readUInt16LE(at + 10);
    const packedBytes = zip.readUInt32LE(at + 20);
    const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString('utf8', at + 46, nameEnd);
    // The local header has name and extra field of its own, which may differ in length.
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + packedBytes);
    yield { name, content: method === deflated ? inflateRawSync(packed) : packed };
    at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}
