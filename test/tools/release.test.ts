import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { releaseChangelog } from '../../tools/release.ts';

const changelog = `# Changelog

## Unreleased

### Fixed

- A token was refused.

## 0.1.0 - 2026-01-01

- Sessions.
`;

describe('a release', () => {
  it('dates what was unreleased and leaves an empty heading for what comes', () => {
    expect(releaseChangelog(changelog, '0.2.0', '2026-02-03')).toBe(`# Changelog

## Unreleased

## 0.2.0 - 2026-02-03

### Fixed

- A token was refused.

## 0.1.0 - 2026-01-01

- Sessions.
`);
  });

  it('of 0.1.9 may be followed by 0.1.10', () => {
    const released = releaseChangelog(changelog, '0.1.9', '2026-02-03');
    const more = released.replace('## Unreleased\n', '## Unreleased\n\n- More.\n');
    expect(releaseChangelog(more, '0.1.10', '2026-02-03')).toContain('## 0.1.10 - 2026-02-03\n');
  });

  it.each([
    ['a version that is none', changelog, '0.2', 'Give a version'],
    ['a version with a v', changelog, 'v0.2.0', 'Give a version'],
    ['a version with a zero too many', changelog, '0.02.0', 'Give a version'],
    ['a version that exists', changelog, '0.1.0', 'released already'],
    ['an earlier version', changelog, '0.0.9', '0.1.0 is released already, and later'],
    [
      'nothing to release',
      releaseChangelog(changelog, '0.2.0', '2026-02-03'),
      '0.3.0',
      'nothing unreleased',
    ],
    ['a changelog without the heading', '# Changelog\n', '0.2.0', 'nothing unreleased'],
  ])('stops at %s', (_, text, version, message) => {
    expect(() => releaseChangelog(text, version, '2026-02-03')).toThrow(message);
  });
});

describe('npm run release', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** A repository with what a release touches. @param openapi what writes the API's document */
  function open(openapi: string) {
    const folder = mkdtempSync(join(tmpdir(), 'opentok-sessions-release-'));
    folders.push(folder);
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
    const git = (...args: string[]): string => {
      const who = ['-c', 'user.name=release', '-c', 'user.email=release@example.com'];
      return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' });
    };
    const writeJson = (file: string, value: object): void =>
      writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
    mkdirSync(join(folder, 'client'));
    writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- Sessions.\n');
    writeJson('package.json', { name: 'service', version: '0.1.0', scripts: { openapi } });
    writeJson('client/package.json', { name: 'service-client', version: '0.1.0' });
    writeJson('openapi.json', { version: '0.1.0' });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'all');
    const release = (version: string): void => {
      const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, ...environment } = process.env;
      const author = { GIT_AUTHOR_NAME: 'release', GIT_AUTHOR_EMAIL: 'release@example.com' };
      const committer = {
        GIT_COMMITTER_NAME: 'release',
        GIT_COMMITTER_EMAIL: 'release@example.com',
      };
      const script = join(import.meta.dirname, '../../tools/release.ts');
      execFileSync(process.execPath, [script, version], {
        cwd: folder,
        stdio: 'pipe',
        env: { ...environment, ...author, ...committer },
      });
    };
    return { release, git, read };
  }

  const writing = `node -e "require('fs').writeFileSync('openapi.json', JSON.stringify({ version: require('./package.json').version }))"`;

  it.each(['0.1.0', '0.2.0'])(
    'of %s raises the version wherever it stands, in one commit with a tag that is pushed with it',
    (version) => {
      const { release, git, read } = open(writing);
      release(version);
      for (const file of ['package.json', 'client/package.json', 'openapi.json']) {
        expect(JSON.parse(read(file)), file).toMatchObject({ version });
      }
      expect(read('CHANGELOG.md')).toContain(`## ${version} - `);
      expect(git('status', '--porcelain')).toBe('');
      expect(git('cat-file', '-t', `v${version}`).trim()).toBe('tag');
    },
  );

  it('that fails on the way leaves everything as it was', () => {
    const { release, git } = open('exit 1');
    expect(() => release('0.2.0')).toThrow();
    expect(git('status', '--porcelain')).toBe('');
    expect(git('tag')).toBe('');
  });
});
