import { describe, expect, it } from 'vitest';
import { assertMatch, parseIfMatch } from '../../../lib/rooms/domain/if-match.ts';
import { catchFault } from '../../support/faults.ts';

const here = '"abc"';

describe('If-Match', () => {
  it.each<[text: string | undefined, matchesHere: boolean, matchesNothing: boolean]>([
    [undefined, true, true],
    ['*', true, false],
    [' * ', true, false],
    ['"abc"', true, false],
    ['"abd"', false, false],
    ['""', false, false],
    ['W/"abc"', false, false],
    ['"x", "abc"', true, false],
    ['"x","abc","y"', true, false],
    ['W/"abc", "abc"', true, false],
    ['"x,abc"', false, false],
    [', "abc" ,,', true, false],
    ['"x", W/"abc"', false, false],
    ['"ABC"', false, false],
  ])('of %s matches the room: %s, and no room: %s', (text, matchesHere, matchesNothing) => {
    const ifMatch = parseIfMatch(text);
    expect([ifMatch(here), ifMatch(undefined)]).toEqual([matchesHere, matchesNothing]);
  });

  it.each([
    '',
    'abc',
    '"abc',
    'abc"',
    '"a" "b"',
    '*, "abc"',
    'w/"abc"',
    '"a\u0000b"',
    ',',
    7,
    null,
  ])('is rejected if it is not a list of tags: %j', async (text) => {
    expect(await catchFault(() => parseIfMatch(text))).toMatchObject({ name: 'ValidationError' });
  });

  it('tells a room that has changed from one that is gone', async () => {
    const ifMatch = parseIfMatch('"old"');
    const changed = await catchFault(() => assertMatch(ifMatch, here));
    const gone = await catchFault(() => assertMatch(ifMatch, undefined));
    expect([changed.name, gone.name]).toEqual([
      'PreconditionFailedError',
      'PreconditionFailedError',
    ]);
    expect([changed.status, gone.status]).toEqual([412, 412]);
    expect(changed.message).not.toBe(gone.message);
  });
});
