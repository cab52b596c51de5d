/**
 * The Python tools of the stack's checks: a virtual environment with pinned packages, made once and
 * kept in the user's cache folder, outside the repo.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const oldestMinor = 10;
const probe = 'import sys, venv, ensurepip; print(sys.version_info.major, sys.version_info.minor)';

/**
 * Thrown when this machine lacks something; its message is the one line to show.
 */
export class MissingToolError extends Error {}

/**
 * Finds or makes the environment.
 *
 * @returns the path of its Python
 * @throws MissingToolError when there is no fitting Python, or the packages cannot be had
 */
export async function findPython(): Promise<string> {
  const { command, version } = await findInterpreter();
  const key = createHash('sha256')
    .update(version)
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'opentok-sessions', `python-${key}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  console.log(`Making a Python ${version} environment in ${folder} ...`);
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    await run(command, ['-m', 'venv', folder]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await run(python, [...install, '--no-deps', '--requirement', requirements]);
  } catch (cause) {
    const reason = String(cause).trim().split('\n').at(-1);
    throw new MissingToolError(`The Python packages cannot be installed: ${reason}`, { cause });
  }
  await writeFile(complete, '');
  return python;
}

async function findInterpreter(): Promise<{ command: string; version: string }> {
  for (const command of ['python3', 'python']) {
    const { stdout } = await run(command, ['-c', probe]).catch(() => ({ stdout: '' }));
    const [major, minor] = stdout.trim().split(' ').map(Number);
    if (major === 3 && minor !== undefined && minor >= oldestMinor) {
      return { command, version: `${major}.${minor}` };
    }
  }
  throw new MissingToolError(
    `This needs Python 3.${oldestMinor} or newer with its venv module as python3; npm test does without.`,
  );
}
