/**
 * `npm run release -- 0.2.0`: gives what the CHANGELOG lists as unreleased a version and a date,
 * raises the version wherever it stands, commits and tags. Pushing is left to you. What fails on the way
 * leaves everything as it was.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const SEMANTIC_VERSION = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/;
const HEADING = '## Unreleased';
const RELEASED = /^## (\d+\.\d+\.\d+)\b/gm;

/**
 * @param day such as `2026-01-31`
 * @throws Error when there is nothing to release, or the version is none or not later than the last one
 */
export function releaseChangelog(changelog: string, version: string, day: string): string {
  if (!SEMANTIC_VERSION.test(version)) throw new Error('Give a version such as 0.2.0.');
  for (const [, released = ''] of changelog.matchAll(RELEASED)) {
    if (released === version) throw new Error(`${version} is released already.`);
    if (isEarlier(version, released))
      throw new Error(`${released} is released already, and later.`);
  }
  const [before, after] = changelog.split(`${HEADING}\n`);
  const entries = after?.split(/^## /m)[0]?.trim();
  if (before === undefined || !entries) throw new Error('CHANGELOG.md lists nothing unreleased.');
  return `${before}${HEADING}\n\n## ${version} - ${day}\n${after}`;
}

function isEarlier(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0;
}

function release(version: string): void {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' });
  if (git('status', '--porcelain') !== '')
    throw new Error('Commit or stash what is changed first.');
  const day = new Date().toISOString().slice(0, 10);
  const changelog = releaseChangelog(readFileSync('CHANGELOG.md', 'utf8'), version, day);
  try {
    writeFileSync('CHANGELOG.md', changelog);
    for (const folder of ['.', 'client']) setVersion(folder, version);
    // The API's document names the version.
    execFileSync('npm', ['run', 'openapi'], { stdio: ['ignore', 'ignore', 'inherit'] });
    git('commit', '--all', '--message', `chore: release ${version}`);
  } catch (error) {
    git('reset', '--hard');
    throw error;
  }
  // Only a tag with a message of its own is pushed by `--follow-tags`.
  git('tag', '--annotate', `v${version}`, '--message', version);
  console.log(`Tagged v${version}. Publish it with: git push --follow-tags`);
}

/** The first release has the version that package.json has had all along. */
function setVersion(folder: string, version: string): void {
  const options = ['--prefix', folder, '--no-git-tag-version', '--allow-same-version'];
  execFileSync('npm', ['version', version, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    release(process.argv[2] ?? '');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
