/**
 * The Python tools of the checks: virtual environments with pinned packages, created once and
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
/** Each has its own environment, because they pin different versions of the same packages. */
const requirementFiles = {
  checks: fileURLToPath(new URL('requirements.txt', import.meta.url)),
  workflows: fileURLToPath(new URL('requirements-workflows.txt', import.meta.url)),
  ministack: fileURLToPath(new URL('requirements-ministack.txt', import.meta.url)),
};
const oldestMinor = 10;
const probe = 'import sys, venv, ensurepip; print(sys.version_info.major, sys.version_info.minor)';

/** Thrown when this machine lacks a tool. The message is complete: print it without a stack trace. */
export class MissingToolError extends Error {}

/**
 * Returns the path of the environment's Python, and creates the environment if there is none yet.
 *
 * @param tools `checks` has cfn-lint, checkov and moto, `workflows` has zizmor
 * @throws MissingToolError if there is no suitable Python, or the packages cannot be installed
 */
export async function findPython(tools: keyof typeof requirementFiles = 'checks'): Promise<string> {
  const requirements = requirementFiles[tools];
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
  console.log(`Creating a Python ${version} environment in ${folder} ...`);
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
    `This needs Python 3.${oldestMinor} or newer, with its venv module, as python3. npm test does not.`,
  );
}
