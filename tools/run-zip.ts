/**
 * Runs a function's zip as Lambda does: unpacked to an empty folder, in a process of its own that
 * sees the function's variables and nothing of this project.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzip } from './unzip.ts';

const run = promisify(execFile);
const timeoutMs = 30_000;
const invoke = `
const [file, name, event] = process.argv.slice(1);
const { [name]: handler } = await import(file);
const context = { awsRequestId: 'rehearsal', getRemainingTimeInMillis: () => 10_000 };
const result = await handler(JSON.parse(event), context);
console.log(JSON.stringify(result));
`;

/**
 * @param options.handler As Lambda has it, for example `handlers/issue-token.handler`
 * @returns what the function answers
 * @throws Error with the function's log, when it throws or does not even load
 */
export async function runZip({
  zip,
  handler,
  event,
  environment,
}: {
  readonly zip: Buffer;
  readonly handler: string;
  readonly event: object;
  readonly environment: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: what a function answers is for the caller to judge
}): Promise<any> {
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-zip-'));
  try {
    await writeFile(join(folder, 'code.zip'), zip);
    await unzip(join(folder, 'code.zip'), join(folder, 'code'));
    const [, modulePath, name] = /^(.+)\.([^.]+)$/.exec(handler) ?? [];
    const { stdout } = await run(
      process.execPath,
      [
        ...['--input-type=module', '--eval', invoke],
        ...[join(folder, 'code', `${modulePath}.mjs`), String(name), JSON.stringify(event)],
      ],
      { cwd: folder, env: { ...environment }, timeout: timeoutMs },
    );
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
