import { describe, expect, it } from 'vitest';
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

  it.each([
    ['a version that is none', changelog, '0.2', 'Give a version'],
    ['a version with a v', changelog, 'v0.2.0', 'Give a version'],
    ['a version that exists', changelog, '0.1.0', 'released already'],
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
