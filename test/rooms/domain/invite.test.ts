import { describe, expect, it } from 'vitest';
import {
  assertInviteOpen,
  hasSecret,
  type Invite,
  isCounted,
  isOver,
  MAX_GUESTS,
  MAX_INVITE_SECONDS,
  parseInviteRequest,
  toInviteView,
} from '../../../lib/rooms/domain/invite.ts';
import { hashInviteSecret } from '../../../lib/rooms/domain/invite-secret.ts';
import { catchFault, catchFieldErrors } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_MS, NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';

const parse = (input: unknown) => parseInviteRequest(input, NOW_SECONDS);

const invite: Invite = {
  ...parse({}),
  room: 'standup',
  inviteId: 'a'.repeat(16),
  sessionId: sessionIds.openTok,
  secretHash: hashInviteSecret('right'),
  createdAtMs: NOW_MS,
  name: undefined,
  ...{ guests: 0, generation: 0, counted: [[], []] },
};

describe('a request for an invite', () => {
  it('is for one publisher and a day, unless it says otherwise', () => {
    const defaults = { role: 'publisher', expireTime: NOW_SECONDS + DAY_SECONDS, maxGuests: 1 };
    expect(parse(undefined)).toEqual(defaults);
    expect(parse({ expireTime: 0 })).toEqual(defaults);
  });

  const last = NOW_SECONDS + MAX_INVITE_SECONDS;
  it.each([
    ['the next second', { expireTime: NOW_SECONDS + 1 }],
    ['366 days', { expireTime: last }],
    ['one guest', { maxGuests: 1 }],
    ['the most guests', { maxGuests: MAX_GUESTS }],
    ['a name of one character', { name: 'A' }],
    ['a name of 64', { name: 'é'.repeat(64) }],
    ['a name of 64 characters of two code units', { name: '\u{1f600}'.repeat(64) }],
    ['a beginning', { opensAt: NOW_SECONDS + DAY_SECONDS - 1 }],
    ['a beginning that is over', { opensAt: 0 }],
    ['a beginning before its own end', { opensAt: last - 1, expireTime: last }],
    ['the highest role', { role: 'moderator' }],
  ])('may have %s', (_what, input) => {
    expect(parse(input)).toMatchObject(input);
  });

  it.each<[what: string, input: object, pointer: string, detail: RegExp]>([
    ['no time', { expireTime: NOW_SECONDS }, '#/expireTime', /later than now/],
    ['a second more than 366 days', { expireTime: last + 1 }, '#/expireTime', /at most 31622400/],
    ['no number', { expireTime: '0' }, '#/expireTime', /must be a number/],
    [
      'an end that is over, and a beginning',
      { expireTime: 1, opensAt: 5 },
      '#/expireTime',
      /later/,
    ],
    ['milliseconds', { expireTime: NOW_SECONDS * 1000 }, '#/expireTime', /milliseconds/],
    ['no guest', { maxGuests: 0 }, '#/maxGuests', /from 1 to 10000/],
    ['too many guests', { maxGuests: MAX_GUESTS + 1 }, '#/maxGuests', /from 1 to 10000/],
    ['half a guest', { maxGuests: 1.5 }, '#/maxGuests', /whole number/],
    ['an empty name', { name: '' }, '#/name', /1 to 64/],
    ['a name of 65 characters', { name: 'a'.repeat(65) }, '#/name', /1 to 64/],
    [
      'a name of 65 characters of two code units',
      { name: '\u{1f600}'.repeat(65) },
      '#/name',
      /1 to 64/,
    ],
    ['a line break in the name', { name: 'a\nb' }, '#/name', /control/],
    ['a name that looks empty', { name: '\u3164' }, '#/name', /visible/],
    ['a bidirectional control in the name', { name: 'a\u202eb' }, '#/name', /bidirectional/],
    ['half a surrogate pair', { name: '\ud800' }, '#/name', /well-formed/],
    ['a beginning at its end', { opensAt: NOW_SECONDS + DAY_SECONDS }, '#/opensAt', /earlier/],
    ['a beginning after it', { opensAt: last, expireTime: last }, '#/opensAt', /earlier/],
    ['an unknown role', { role: 'host' }, '#/role', /one of/],
    ['a field of another kind', { admission: 'open' }, '#/admission', /not one of/],
    ['null', { name: null }, '#/name', /string/],
  ])('cannot have %s', async (_what, input, pointer, detail) => {
    expect(await catchFieldErrors(() => parse(input))).toEqual([
      { pointer, detail: expect.stringMatching(detail) },
    ]);
  });
});

describe('an invite', () => {
  it('is shown without its secret and its guests', () => {
    const shown = toInviteView({ ...invite, guests: 2, counted: [['guest:a'], []] });
    expect(shown).toEqual({
      ...{ inviteId: invite.inviteId, role: 'publisher', maxGuests: 1, guests: 2 },
      ...{ expireTime: NOW_SECONDS + DAY_SECONDS, opensAt: null, name: null },
      createdAt: new Date(NOW_SECONDS * 1000).toISOString(),
    });
  });

  it('is over at its end, not a second before', () => {
    expect(isOver(invite, invite.expireTime - 1)).toBe(false);
    expect(isOver(invite, invite.expireTime)).toBe(true);
  });

  it('is proven by its secret', () => {
    expect(hasSecret(invite, 'right')).toBe(true);
    for (const wrong of ['', 'Right', 'right ']) expect(hasSecret(invite, wrong)).toBe(false);
  });

  it('finds a guest who was counted in either generation', () => {
    const visited = { ...invite, counted: [['guest:a'], ['guest:b']] as const };
    const subjects = ['guest:a', 'guest:b', 'guest:c'];
    expect(subjects.map((subject) => isCounted(visited, subject))).toEqual([true, true, false]);
  });

  it('is rejected before opensAt, with the time', async () => {
    const opensAt = NOW_SECONDS + 60;
    const later = { ...invite, opensAt };
    expect(() => assertInviteOpen(later, opensAt)).not.toThrow();
    expect(await catchFault(() => assertInviteOpen(later, opensAt - 1))).toMatchObject({
      name: 'RoomNotOpenError',
      message: `The invite is valid from ${opensAt} on; now it is ${opensAt - 1}.`,
      members: { opensAt },
      retryAfterSeconds: 1,
    });
  });
});
