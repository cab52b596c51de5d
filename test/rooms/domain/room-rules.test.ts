import { describe, expect, it } from 'vitest';
import { type Caller, TRUSTED } from '../../../lib/domain/access.ts';
import { parseTokenRequest, ROLES, type Role } from '../../../lib/domain/token-request.ts';
import {
  applyRules,
  assertAdmitted,
  assertRulesHold,
  assertSameRules,
  NO_RULES,
  parseNewRules,
  parseRules,
  type RoomRules,
} from '../../../lib/rooms/domain/room-rules.ts';
import { catchFault, catchFieldErrors } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_SECONDS } from '../../support/fixtures.ts';

const user = (maxRole: Role): Caller => ({
  kind: 'user',
  subject: 'ada',
  maxRole,
  roomsOnly: true,
});
const hosts = [TRUSTED, user('moderator')];
const others = (['subscriber', 'publisheronly', 'publisher'] as const).map(user);

describe('the rules of a room', () => {
  it('let everybody in unless they say otherwise', () => {
    expect(parseNewRules(undefined, NOW_SECONDS)).toEqual(NO_RULES);
    expect(parseNewRules({}, NOW_SECONDS)).toEqual({ admission: 'open' });
  });

  it.each<[rules: object]>([
    [{ opensAt: 0 }],
    [{ opensAt: NOW_SECONDS - 1 }],
    [{ closesAt: NOW_SECONDS + 1 }],
    [{ opensAt: NOW_SECONDS + 1, closesAt: NOW_SECONDS + 2 }],
    [{ admission: 'closed', defaultRole: 'publisheronly' }],
    [{ opensAt: 99_999_999_999 }],
    [{ maxParticipants: 1 }],
    [{ maxParticipants: 15_000 }],
    [{ closesAt: NOW_SECONDS + 1, disconnectAtClose: true }],
  ])('may be %j', (rules) => {
    expect(parseNewRules(rules, NOW_SECONDS)).toMatchObject(rules);
  });

  const wholeSeconds = 'must be whole seconds since the UNIX epoch';
  const people = 'must be a whole number from 1 to 15000';
  const milliseconds = 'looks like milliseconds; it must be whole seconds since the UNIX epoch';
  it.each<[rules: object, pointer: string, detail: string]>([
    [{ opensAt: '1700000000' }, '#/opensAt', wholeSeconds],
    [{ opensAt: 1.5 }, '#/opensAt', wholeSeconds],
    [{ opensAt: -1 }, '#/opensAt', wholeSeconds],
    [{ opensAt: Number.NaN }, '#/opensAt', wholeSeconds],
    [{ opensAt: Number.POSITIVE_INFINITY }, '#/opensAt', milliseconds],
    [{ opensAt: null }, '#/opensAt', wholeSeconds],
    [{ opensAt: 1e11 }, '#/opensAt', milliseconds],
    [{ closesAt: NOW_SECONDS * 1000 }, '#/closesAt', milliseconds],
    [{ closesAt: NOW_SECONDS }, '#/closesAt', `must be later than now (${NOW_SECONDS})`],
    [
      { opensAt: NOW_SECONDS + 9, closesAt: NOW_SECONDS + 9 },
      '#/closesAt',
      'must be later than opensAt',
    ],
    [{ admission: 'ajar' }, '#/admission', 'must be one of open, knock, closed'],
    [{ defaultRole: 'host' }, '#/defaultRole', `must be one of ${ROLES.join(', ')}`],
    ...[0, 15_001, 1.5, -1, '10', null, Number.NaN, Number.POSITIVE_INFINITY].map(
      (maxParticipants) =>
        [{ maxParticipants }, '#/maxParticipants', people] as [object, string, string],
    ),
    ...[null, 0, 1, 'true'].map(
      (disconnectAtClose) =>
        [
          { closesAt: NOW_SECONDS + 1, disconnectAtClose },
          '#/disconnectAtClose',
          'must be true or false',
        ] as [object, string, string],
    ),
    [
      { opensAt: 1, disconnectAtClose: true },
      '#/disconnectAtClose',
      'needs closesAt, the time to disconnect at',
    ],
    [
      { colour: 'green' },
      '#/colour',
      'is not one of opensAt, closesAt, admission, defaultRole, reference, maxParticipants, disconnectAtClose',
    ],
  ])('cannot be %j', async (rules, pointer, detail) => {
    expect(await catchFieldErrors(() => parseNewRules(rules, NOW_SECONDS))).toEqual([
      { pointer, detail },
    ]);
  });

  it('stay valid when their time is over, so that the room can say so', () => {
    expect(parseRules({ closesAt: NOW_SECONDS - 1 })).toEqual({
      closesAt: NOW_SECONDS - 1,
      admission: 'open',
    });
  });
});

describe('the door of a room', () => {
  const [opensAt, closesAt] = [NOW_SECONDS, NOW_SECONDS + 60];
  type End = 'RoomNotOpenError' | 'RoomClosedError' | 'RoomLockedError' | 'admitted';
  const table: [rules: Partial<RoomRules>, atSeconds: number, host: End, other: End][] = [
    [{}, opensAt, 'admitted', 'admitted'],
    [{ opensAt }, opensAt - 1, 'admitted', 'RoomNotOpenError'],
    [{ opensAt }, opensAt, 'admitted', 'admitted'],
    [{ closesAt }, closesAt - 1, 'admitted', 'admitted'],
    [{ closesAt }, closesAt, 'RoomClosedError', 'RoomClosedError'],
    [{ admission: 'closed' }, opensAt, 'admitted', 'RoomLockedError'],
    [{ admission: 'closed', opensAt }, opensAt - 1, 'admitted', 'RoomNotOpenError'],
    [{ admission: 'closed', opensAt }, opensAt, 'admitted', 'RoomLockedError'],
    [{ admission: 'closed', closesAt }, closesAt, 'RoomClosedError', 'RoomClosedError'],
    [{ admission: 'closed', closesAt }, closesAt - 1, 'admitted', 'RoomLockedError'],
    // The waiting room decides after these rules.
    [{ admission: 'knock' }, opensAt, 'admitted', 'admitted'],
    [{ admission: 'knock', opensAt }, opensAt - 1, 'admitted', 'RoomNotOpenError'],
    [{ admission: 'knock', closesAt }, closesAt, 'RoomClosedError', 'RoomClosedError'],
  ];

  it.each(table)(
    'with %j at %i is for hosts: %s, for others: %s',
    async (rules, at, host, other) => {
      const endOf = async (caller: Caller) => {
        try {
          assertAdmitted({ ...NO_RULES, ...rules }, caller, at);
          return 'admitted';
        } catch (error) {
          return (error as Error).name;
        }
      };
      for (const caller of hosts) expect(await endOf(caller)).toBe(host);
      for (const caller of others) expect(await endOf(caller)).toBe(other);
    },
  );

  it('tells when it opens', async () => {
    const rules = { ...NO_RULES, opensAt };
    const fault = await catchFault(() => assertAdmitted(rules, user('publisher'), opensAt - 7));
    expect(fault).toMatchObject({ status: 403, members: { opensAt }, retryAfterSeconds: 7 });
  });
});

describe('what the rules leave of a request', () => {
  const limits = { nowSeconds: NOW_SECONDS, maxTokenSeconds: 30 * DAY_SECONDS };
  const apply = (rules: Partial<RoomRules>, request: object, caller: Caller = TRUSTED) =>
    applyRules({ ...NO_RULES, ...rules }, caller, {
      token: parseTokenRequest(request, limits),
      isExpiryAsked: 'expireTime' in request,
    });

  it.each<[defaultRole: Role, caller: Caller, role: Role | undefined]>([
    ['moderator', TRUSTED, 'moderator'],
    ['moderator', user('moderator'), 'moderator'],
    ['moderator', user('publisher'), undefined],
    ['moderator', user('subscriber'), undefined],
    ['moderator', user('publisheronly'), undefined],
    ['subscriber', user('moderator'), 'subscriber'],
    ['subscriber', user('subscriber'), 'subscriber'],
    ['subscriber', user('publisher'), 'subscriber'],
    ['subscriber', TRUSTED, 'subscriber'],
    ['subscriber', user('publisheronly'), undefined],
    ['publisheronly', user('publisher'), 'publisheronly'],
    ['publisher', user('subscriber'), undefined],
  ])(
    'with the default role %s, and for %j without a requested role: %s',
    (defaultRole, caller, role) => {
      expect(apply({ defaultRole }, {}, caller).role).toBe(role);
    },
  );

  it('is the requested role', () => {
    expect(apply({ defaultRole: 'subscriber' }, { role: 'moderator' }).role).toBe('moderator');
  });

  it('expires when the room closes, without a requested expiry', () => {
    const closesAt = NOW_SECONDS + 60;
    expect(apply({ closesAt }, {}).expireTime).toBe(closesAt);
    expect(apply({ closesAt: NOW_SECONDS + 2 * DAY_SECONDS }, {}).expireTime).toBe(
      NOW_SECONDS + DAY_SECONDS,
    );
    expect(apply({}, {}).expireTime).toBe(NOW_SECONDS + DAY_SECONDS);
  });

  it('is refused for an expiry beyond the end, and for none up to it', async () => {
    const closesAt = NOW_SECONDS + 60;
    expect(apply({ closesAt }, { expireTime: closesAt }).expireTime).toBe(closesAt);
    expect(await catchFieldErrors(() => apply({ closesAt }, { expireTime: closesAt + 1 }))).toEqual(
      [{ pointer: '#/expireTime', detail: `must be at most ${closesAt}, when the room closes` }],
    );
  });
});

describe('assertRulesHold', () => {
  const live = { allowsTokensBySessionId: false, liveRooms: true };

  it.each<[rules: Partial<RoomRules>, pointers: string[]]>([
    [{}, []],
    [{ defaultRole: 'subscriber' }, []],
    [{ opensAt: 1 }, ['#/opensAt']],
    [{ closesAt: 1 }, ['#/closesAt']],
    [{ admission: 'closed' }, ['#/admission']],
    [{ admission: 'knock' }, ['#/admission']],
    [{ maxParticipants: 1 }, ['#/maxParticipants']],
    [{ closesAt: 1, disconnectAtClose: true }, ['#/closesAt', '#/disconnectAtClose']],
    [{ opensAt: 1, closesAt: 2, admission: 'closed' }, ['#/opensAt', '#/closesAt', '#/admission']],
  ])('rejects, of %j, %j where tokens by session id would bypass them', async (rules, pointers) => {
    const whole = { ...NO_RULES, ...rules };
    assertRulesHold(whole, live);
    const bypassed = () => assertRulesHold(whole, { ...live, allowsTokensBySessionId: true });
    if (pointers.length === 0) return bypassed();
    const errors = await catchFieldErrors(bypassed);
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
    for (const { detail } of errors) expect(detail).toMatch(/session id.*roomsOnly=true/);
  });

  it.each<[rules: Partial<RoomRules>, pointers: string[]]>([
    [{ maxParticipants: 1 }, ['#/maxParticipants']],
    [{ closesAt: 1, disconnectAtClose: true }, ['#/disconnectAtClose']],
    [{ opensAt: 1, closesAt: 2, admission: 'knock', reference: 'a' }, []],
  ])('rejects, of %j, %j without callbacks', async (rules, pointers) => {
    const notLive = () => assertRulesHold({ ...NO_RULES, ...rules }, { ...live, liveRooms: false });
    if (pointers.length === 0) return notLive();
    const errors = await catchFieldErrors(notLive);
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
    for (const { detail } of errors) expect(detail).toMatch(/callbacks.*liveRooms=true/);
  });
});

describe('a room that is to have rules, and exists', () => {
  it('does not conflict with equal rules, or with none requested', () => {
    const rules: RoomRules = { ...NO_RULES, opensAt: 5, admission: 'closed' };
    assertSameRules(rules, {});
    assertSameRules(rules, { opensAt: 5, admission: 'closed' });
  });

  it('is one that names each other rule', async () => {
    const requested = { opensAt: 5, admission: 'open', defaultRole: 'subscriber' } as const;
    const fault = await catchFault(() => assertSameRules({ ...NO_RULES, opensAt: 6 }, requested));
    expect(fault).toMatchObject({ name: 'RoomConflictError', status: 409 });
    expect(fault.errors).toEqual([
      { pointer: '#/opensAt', detail: 'the room has 6' },
      { pointer: '#/defaultRole', detail: 'the room has none' },
    ]);
  });
});
