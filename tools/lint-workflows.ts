/**
 * `npm run lint:workflows`: actionlint (syntax, expressions, inputs of actions) and zizmor (permissions, pins, injection,
 * caches) on the workflows of GitHub Actions. actionlint is not in npm and has no wheels in PyPI, so Go builds it.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython, MissingToolError } from './python.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const actionlint = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';

try {
  const zizmor = join(dirname(await findPython('workflows')), 'zizmor');
  const results = [
    run('actionlint', 'go', 'run', actionlint),
    // Offline: what needs GitHub's API would depend on the day.
    run('zizmor', zizmor, '--offline', '--no-progress', '--quiet', '.github'),
  ];
  process.exitCode = results.every(Boolean) ? 0 : 1;
} catch (cause) {
  if (!(cause instanceof MissingToolError)) throw cause;
  console.error(cause.message);
  process.exitCode = 1;
}

/** @throws MissingToolError if the command is not installed */
function run(name: string, command: string, ...args: string[]): boolean {
  const { error, status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) throw new MissingToolError(`${name} needs the command ${command}: ${error.message}`);
  if (status === 0) console.log(`${name}: no findings in .github`);
  return status === 0;
}
