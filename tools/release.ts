/**
 * `npm run release -- 0.2.0`: gives what the CHANGELOG lists as unreleased a version and a date,
 * raises the version in package.json and its lock file, commits and tags. Pushing is left to you.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const SEMANTIC_VERSION = /^\d+\.\d+\.\d+$/;
const HEADING = '## Unreleased';

/**
 * @param day such as `2026-01-31`
 * @throws Error when there is nothing to release, or the version is none or is there already
 */
export function releaseChangelog(changelog: string, version: string, day: string): string {
  if (!SEMANTIC_VERSION.test(version)) throw new Error('Give a version such as 0.2.0.');
  if (changelog.includes(`\n## ${version}`)) throw new Error(`${version} is released already.`);
  const [before, after] = changelog.split(`${HEADING}\n`);
  const entries = after?.split(/^## /m)[0]?.trim();
  if (before === undefined || !entries) throw new Error('CHANGELOG.md lists nothing unreleased.');
  return `${before}${HEADING}\n\n## ${version} - ${day}\n${after}`;
}

function release(version: string): void {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' });
  if (git('status', '--porcelain') !== '')
    throw new Error('Commit or stash what is changed first.');
  const day = new Date().toISOString().slice(0, 10);
  const changelog = releaseChangelog(readFileSync('CHANGELOG.md', 'utf8'), version, day);
  writeFileSync('CHANGELOG.md', changelog);
  execFileSync('npm', ['version', version, '--no-git-tag-version'], { stdio: 'ignore' });
  git('commit', '--all', '--message', `chore: release ${version}`);
  git('tag', `v${version}`);
  console.log(`Tagged v${version}. Publish it with: git push --follow-tags`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    release(process.argv[2] ?? '');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
