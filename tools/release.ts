/**
 * The part of a release that is special to this project. `npm version 0.2.0` does the rest: it checks the
 * version and the working tree, sets the version, commits and tags.
 *
 * npm runs this script before it changes anything (`preversion`, which only checks) and before it commits
 * (`version`, which writes the changelog, the client's version and the API's document). After an error
 * everything is as before.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const VERSION = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/;
const HEADING = '## Unreleased';
const RELEASED = /^## (\d+\.\d+\.\d+)\b/gm;

/**
 * Returns the changelog with a version and a date for what it lists as unreleased.
 *
 * @param day such as `2026-01-31`
 * @throws Error if nothing is unreleased, or the version is not later than all released ones
 */
export function releaseChangelog(changelog: string, version: string, day: string): string {
  if (!VERSION.test(version)) throw new Error('Give a version such as 0.2.0.');
  for (const [, released = ''] of changelog.matchAll(RELEASED)) {
    if (released === version) throw new Error(`${version} is already released.`);
    if (isEarlier(version, released))
      throw new Error(`${version} is earlier than ${released}, which is already released.`);
  }
  const [before, after] = changelog.split(`${HEADING}\n`);
  const entries = after?.split(/^## /m)[0]?.trim();
  if (before === undefined || !entries)
    throw new Error(`CHANGELOG.md lists nothing under "${HEADING}".`);
  return `${before}${HEADING}\n\n## ${version} - ${day}\n${after}`;
}

function isEarlier(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0;
}

function runForNpm({
  npm_lifecycle_event: event,
  npm_new_version: version = '',
}: NodeJS.ProcessEnv): void {
  const day = new Date().toISOString().slice(0, 10);
  const changelog = releaseChangelog(readFileSync('CHANGELOG.md', 'utf8'), version, day);
  if (event !== 'version') return;
  try {
    writeFileSync('CHANGELOG.md', changelog);
    const options = ['--prefix', 'client', '--no-git-tag-version', '--allow-same-version'];
    run('npm', 'version', version, ...options);
    writeClientVersion(version);
    // The API's document contains the version.
    run('npm', 'run', 'openapi');
    run('git', 'add', '--all');
  } catch (error) {
    // npm has already changed package.json. It checked that nothing else was uncommitted.
    run('git', 'reset', '--hard');
    throw error;
  }
}

/** Writes the version of the client, which is a workspace, to the lock file. npm would install everything for it. */
function writeClientVersion(version: string): void {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  lock.packages.client.version = version;
  writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    runForNpm(process.env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
