import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assertMayCreateSession,
  assertMayNameSession,
  type Caller,
  decideToken,
  TRUSTED,
  tokenCeilingSeconds,
} from '../../lib/domain/access.ts';
import { ROLES, type Role } from '../../lib/domain/token-request.ts';
import { catchFault, catchFieldErrors } from '../support/faults.ts';
import { DAY_SECONDS } from '../support/fixtures.ts';

/** A trusted caller, or an end user by the role in the claim. */
type Asker = 'trusted' | 'without claim' | Role;
type Granted = Role | 'rejected';

/**
 * Granted role by caller and requested role. Written by hand, so that no code of `lib/` computes it. This is
 * the only complete copy: tests of handlers and bundles hold a few rows that prove the wiring.
 */
const ROLE_TABLE: Record<Asker, Record<'none' | Role, Granted>> = {
  trusted: {
    none: 'publisher',
    subscriber: 'subscriber',
    publisheronly: 'publisheronly',
    publisher: 'publisher',
    moderator: 'moderator',
  },
  'without claim': {
    none: 'publisher',
    subscriber: 'subscriber',
    publisheronly: 'publisheronly',
    publisher: 'publisher',
    moderator: 'rejected',
  },
  subscriber: {
    none: 'subscriber',
    subscriber: 'subscriber',
    publisheronly: 'rejected',
    publisher: 'rejected',
    moderator: 'rejected',
  },
  publisheronly: {
    none: 'publisheronly',
    subscriber: 'rejected',
    publisheronly: 'publisheronly',
    publisher: 'rejected',
    moderator: 'rejected',
  },
  publisher: {
    none: 'publisher',
    subscriber: 'subscriber',
    publisheronly: 'publisheronly',
    publisher: 'publisher',
    moderator: 'rejected',
  },
  moderator: {
    none: 'publisher',
    subscriber: 'subscriber',
    publisheronly: 'publisheronly',
    publisher: 'publisher',
    moderator: 'moderator',
  },
};

const roleCases = Object.entries(ROLE_TABLE).flatMap(([asker, row]) =>
  Object.entries(row).map(([requested, granted]) => ({
    asker: asker as Asker,
    requested,
    role: requested === 'none' ? undefined : (requested as Role),
    granted,
  })),
);

const user = (maxRole: Role = 'publisher', subject = 'ada'): Caller => ({
  kind: 'user',
  subject,
  maxRole,
  roomsOnly: false,
});
const maxRoleOf = (asker: Asker): Role => {
  if (asker === 'trusted') return 'moderator';
  return asker === 'without claim' ? 'publisher' : asker;
};
const toCaller = (asker: Asker): Caller => (asker === 'trusted' ? TRUSTED : user(maxRoleOf(asker)));
const ask = (caller: Caller, { role, data }: { role?: Role | undefined; data?: string } = {}) =>
  decideToken(caller, { role, data });

/** Texts of up to some hundred characters, with and without JSON escapes. */
const textOf = (constraints: { minLength?: number; maxLength: number }) =>
  fc
    .array(
      fc.tuple(
        fc.constantFrom('x', '"', '\\', '\n', '\u0001', 'é', '🎥', '\ud83c'),
        fc.integer({ min: 1, max: 130 }),
      ),
      constraints,
    )
    .map((runs) => runs.map(([character, times]) => character.repeat(times)).join(''));

describe('decideToken: role', () => {
  it.each(roleCases)(
    'grants $asker who requests $requested: $granted',
    async ({ asker, role, granted }) => {
      const caller = toCaller(asker);
      for (const data of [{}, { data: 'x' }]) {
        if (granted !== 'rejected') {
          expect(ask(caller, { role, ...data }).role).toBe(granted);
          continue;
        }
        const fault = await catchFault(() => ask(caller, { role, ...data }));
        expect(fault.name).toBe('ForbiddenError');
        expect(fault.message).toBe(
          `The requested role is ${role}; the highest allowed role is ${maxRoleOf(asker)}.`,
        );
      }
    },
  );

  it('has a row for every caller and a cell for every role', () => {
    expect(roleCases).toHaveLength((ROLES.length + 2) * (ROLES.length + 1));
  });
});

describe('assertMayCreateSession', () => {
  it.each<[asker: Asker, mayCreate: boolean]>([
    ['trusted', true],
    ['without claim', false],
    ['subscriber', false],
    ['publisheronly', false],
    ['publisher', false],
    ['moderator', true],
  ])('allows %s: %s', async (asker, mayCreate) => {
    const attempt = () => assertMayCreateSession(toCaller(asker));
    if (mayCreate) return expect(attempt).not.toThrow();
    const { name, message } = await catchFault(attempt);
    expect(name).toBe('ForbiddenError');
    expect(message).toContain(maxRoleOf(asker));
  });
});

describe('the connection data of a token', () => {
  it.each([undefined, '', 'name=Ada', '{"sub":"bob"}', 'x'.repeat(1000)])(
    'of a trusted caller stays unchanged: %j',
    (data) => {
      expect(ask(TRUSTED, data === undefined ? {} : { data }).data).toBe(data);
    },
  );

  it.each<[scenario: string, data: string | undefined, written: string]>([
    ['nothing', undefined, '{"sub":"ada"}'],
    ['an empty text', '', '{"sub":"ada","data":""}'],
    ['a text', 'name=Ada', '{"sub":"ada","data":"name=Ada"}'],
    ['quotes', '"', '{"sub":"ada","data":"\\""}'],
    [
      'what looks like another identity',
      '"},{"sub":"bob"',
      '{"sub":"ada","data":"\\"},{\\"sub\\":\\"bob\\""}',
    ],
    ['an identity as JSON', '{"sub":"bob"}', '{"sub":"ada","data":"{\\"sub\\":\\"bob\\"}"}'],
  ])('of an end user who sends %s contains their subject', (_scenario, data, written) => {
    expect(ask(user(), data === undefined ? {} : { data }).data).toBe(written);
  });

  it('of any end user is JSON of at most 1000 characters with their subject and their data', () => {
    fc.assert(
      fc.property(
        textOf({ minLength: 1, maxLength: 5 }),
        fc.option(textOf({ maxLength: 5 }), { nil: undefined }),
        (subject, data) => {
          const caller = user('publisher', subject);
          let written: string | undefined;
          try {
            written = ask(caller, data === undefined ? {} : { data }).data;
          } catch {
            const whole = JSON.stringify({ sub: subject, data });
            expect(whole.length).toBeGreaterThan(1000);
            return;
          }
          expect(written?.length).toBeLessThanOrEqual(1000);
          const identity = data === undefined ? { sub: subject } : { sub: subject, data };
          expect(JSON.parse(written ?? '')).toEqual(identity);
        },
      ),
    );
  });

  // `{"sub":"ada","data":""}` has 23 characters, so 977 are left.
  it.each<[scenario: string, character: string, fits: number]>([
    ['plain characters', 'x', 977],
    ['quotes, which take two', '"', 488],
    ['backslashes, which take two', '\\', 488],
    ['line breaks, which take two', '\n', 488],
    ['control characters, which take six', '\u0001', 162],
    ['characters outside ASCII, which take one', 'é', 977],
    ['emoji, which take two', '🎥', 488],
  ])('has space for the documented number of %s', async (_scenario, character, fits) => {
    const longest = character.repeat(fits);
    expect(JSON.parse(ask(user(), { data: longest }).data ?? '').data).toBe(longest);
    expect(await catchFieldErrors(() => ask(user(), { data: longest + character }))).toEqual([
      {
        pointer: '#/data',
        detail:
          "must be at most 977 characters, counted as escaped in JSON; the user's identity takes the rest of 1000",
      },
    ]);
  });

  it('can have exactly 1000 characters', () => {
    expect(ask(user(), { data: 'x'.repeat(977) }).data).toHaveLength(1000);
    expect(ask(user(), { data: `"${'x'.repeat(975)}` }).data).toHaveLength(1000);
  });

  it('leaves less for a longer subject, counted as escaped', async () => {
    const caller = user('publisher', `a"${'b'.repeat(97)}`);
    const [error] = await catchFieldErrors(() => ask(caller, { data: 'x'.repeat(881) }));
    expect(error?.detail).toContain('at most 880 characters');
    expect(ask(caller, { data: 'x'.repeat(880) }).data).toHaveLength(1000);
  });

  it.each<[scenario: string, subjectLength: number, data: string | undefined, fits: boolean]>([
    ['the longest subject without data', 990, undefined, true],
    ['one character more without data', 991, undefined, false],
    ['the longest subject with empty data', 980, '', true],
    ['one character more with empty data', 981, '', false],
  ])('accepts or rejects %s (%i characters)', async (_scenario, length, data, fits) => {
    const caller = user('publisher', 's'.repeat(length));
    const attempt = () => ask(caller, data === undefined ? {} : { data });
    if (fits) return expect(attempt().data).toHaveLength(1000);
    expect(await catchFault(attempt)).toMatchObject({
      name: 'ForbiddenError',
      message: 'The subject of this user is too long for a token.',
    });
  });

  it('reports 0 characters left if the subject takes all', async () => {
    const caller = user('publisher', 's'.repeat(980));
    const [error] = await catchFieldErrors(() => ask(caller, { data: 'x' }));
    expect(error?.detail).toContain('at most 0 characters');
  });
});

describe('tokenCeilingSeconds', () => {
  it.each<[caller: Caller, configuredSeconds: number | undefined, seconds: number]>([
    [TRUSTED, undefined, 30 * DAY_SECONDS],
    [user('moderator'), undefined, DAY_SECONDS],
    [user('subscriber'), undefined, DAY_SECONDS],
    [TRUSTED, 60, 60],
    [user(), 60, 60],
    [TRUSTED, 7 * DAY_SECONDS, 7 * DAY_SECONDS],
    [user(), DAY_SECONDS - 1, DAY_SECONDS - 1],
    [user(), DAY_SECONDS + 1, DAY_SECONDS],
    [user('moderator'), 30 * DAY_SECONDS, DAY_SECONDS],
    [TRUSTED, 30 * DAY_SECONDS - 1, 30 * DAY_SECONDS - 1],
    [TRUSTED, 31 * DAY_SECONDS, 30 * DAY_SECONDS],
  ])('for %s, with MAX_TOKEN_SECONDS %s, is %i seconds', (caller, configured, seconds) => {
    expect(tokenCeilingSeconds(caller, configured)).toBe(seconds);
  });
});

describe('assertMayNameSession', () => {
  const rooms = (list?: readonly string[]) => (list ? { rooms: list } : {});

  it('allows trusted callers, and end users unless they get tokens by room only', () => {
    expect(() => assertMayNameSession(TRUSTED)).not.toThrow();
    for (const role of ROLES) expect(() => assertMayNameSession(user(role))).not.toThrow();
  });

  it.each<[scenario: string, roomsOnly: boolean, list?: readonly string[]]>([
    ['with roomsOnly', true],
    ['with roomsOnly and a list', true, ['lobby']],
    ['with roomsOnly and an empty list', true, []],
    ['with a list', false, ['lobby']],
    ['with an empty list', false, []],
  ])('rejects end users %s, including moderators', async (_scenario, roomsOnly, list) => {
    for (const role of ROLES) {
      const caller: Caller = { ...user(role), ...{ roomsOnly }, ...rooms(list) } as Caller;
      expect(await catchFault(() => assertMayNameSession(caller))).toMatchObject({
        name: 'ForbiddenError',
        status: 403,
        message:
          'Tokens are not issued by session id here; join the room: POST /rooms/{name}/tokens.',
      });
    }
  });
});
