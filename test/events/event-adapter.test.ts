/** A new source of events must not be trusted or served by default. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
const compiler = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
const sources = ["'http' | 'direct'", "'eventbridge' | 'sns' | 'sqs'"];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-sources-'));
  await cp(join(projectFolder, 'lib'), join(folder, 'lib'), { recursive: true });
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  await cp(join(projectFolder, 'package.json'), join(folder, 'package.json'));
  const config = { extends: join(projectFolder, 'tsconfig.json'), include: ['lib'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Compiles the sources with a changed event-source.ts and returns the compiler's output. */
async function compile(change: (source: string) => string): Promise<string> {
  const file = 'lib/events/event-source.ts';
  const source = await readFile(join(projectFolder, file), 'utf8');
  await writeFile(join(folder, file), change(source));
  return new Promise((resolve) => {
    execFile(compiler, ['--noEmit', '-p', folder], { cwd: folder }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}

describe('createEventAdapter', () => {
  it('compiles with the current sources', async () => {
    expect(await compile((source) => source)).toBe('');
  });

  it.each(sources)('does not compile with a new source beside %s', async (known) => {
    const output = await compile((source) => {
      expect(source).toContain(`source: ${known}`);
      return source.replace(`source: ${known}`, `source: ${known} | 'kinesis'`);
    });
    expect(output).toMatch(/^lib\/events\/event-adapter\.ts.*lacks ending return statement/m);
  });
});
