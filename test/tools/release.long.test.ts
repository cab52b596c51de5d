import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

describe('releaseChangelog', () => {
  it('moves unreleased entries under the version and the day', () => {
    expect(releaseChangelog(changelog, '0.2.0', '2026-02-03')).toBe(`# Changelog

## Unreleased

## 0.2.0 - 2026-02-03

### Fixed

- A token was refused.

## 0.1.0 - 2026-01-01

- Sessions.
`);
  });

  it('accepts 0.1.10 after 0.1.9', () => {
    const released = releaseChangelog(changelog, '0.1.9', '2026-02-03');
    const more = released.replace('## Unreleased\n', '## Unreleased\n\n- More.\n');
    expect(releaseChangelog(more, '0.1.10', '2026-02-03')).toContain('## 0.1.10 - 2026-02-03\n');
  });

  it.each([
    ['an incomplete version', changelog, '0.2', 'Give a version'],
    ['a version with a v', changelog, 'v0.2.0', 'Give a version'],
    ['a version with a leading zero', changelog, '0.02.0', 'Give a version'],
    ['a pre-release version', changelog, '0.2.0-beta.1', 'Give a version'],
    ['a version that exists', changelog, '0.1.0', 'already released'],
    ['an earlier version', changelog, '0.0.9', '0.0.9 is earlier than 0.1.0'],
    [
      'nothing to release',
      releaseChangelog(changelog, '0.2.0', '2026-02-03'),
      '0.3.0',
      'lists nothing under',
    ],
    ['a changelog without the heading', '# Changelog\n', '0.2.0', 'lists nothing under'],
  ])('rejects %s', (_, text, version, message) => {
    expect(() => releaseChangelog(text, version, '2026-02-03')).toThrow(message);
  });
});

describe('npm version', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** A repository with the files of a release. @param openapi writes the API's document */
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
    const script = `"${process.execPath}" "${join(import.meta.dirname, '../../tools/release.ts')}"`;
    const scripts = { openapi, preversion: script, version: script };
    const workspaces = ['client'];
    writeJson('package.json', { name: 'service', version: '0.1.0', workspaces, scripts });
    writeJson('package-lock.json', {
      ...{ name: 'service', version: '0.1.0', lockfileVersion: 3, requires: true },
      packages: {
        '': { name: 'service', version: '0.1.0', workspaces },
        client: { name: 'service-client', version: '0.1.0' },
        'node_modules/service-client': { resolved: 'client', link: true },
      },
    });
    writeFileSync(join(folder, '.gitignore'), 'node_modules/\n');
    copyFileSync(join(import.meta.dirname, '../../.npmrc'), join(folder, '.npmrc'));
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
      execFileSync('npm', ['version', version], {
        cwd: folder,
        stdio: 'pipe',
        env: { ...environment, ...author, ...committer },
      });
    };
    return { release, git, read };
  }

  const writing = `node -e "require('fs').writeFileSync('openapi.json', JSON.stringify({ version: require('./package.json').version }))"`;

  it.each(['0.1.0', '0.2.0'])(
    'sets version %s everywhere, in one commit with an annotated tag',
    (version) => {
      const { release, git, read } = open(writing);
      release(version);
      for (const file of ['package.json', 'client/package.json', 'openapi.json']) {
        expect(JSON.parse(read(file)), file).toMatchObject({ version });
      }
      expect(JSON.parse(read('package-lock.json')).packages).toMatchObject({
        '': { version },
        client: { version },
      });
      expect(read('CHANGELOG.md')).toContain(`## ${version} - `);
      expect(git('status', '--porcelain')).toBe('');
      expect(git('cat-file', '-t', `v${version}`).trim()).toBe('tag');
    },
  );

  it.each([
    ['a malformed version', '0.2', writing],
    ['a failing script', '0.2.0', 'exit 1'],
  ])('changes nothing after an error: %s', (_, version, openapi) => {
    const { release, git } = open(openapi);
    expect(() => release(version)).toThrow();
    expect(git('status', '--porcelain')).toBe('');
    expect(git('tag')).toBe('');
  });
});
