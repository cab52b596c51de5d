/** The rights of guests and of unauthenticated callers. */
import { describe, expect, it } from 'vitest';
import {
  ANONYMOUS,
  assertMayCreateSession,
  assertMayInspectTokens,
  assertMayNameSession,
  type Caller,
  decideToken,
  type Guest,
  isHost,
  mayHaveRole,
  TRUSTED,
  tokenCeilingSeconds,
} from '../../../lib/domain/access.ts';
import { ROLES, type Role } from '../../../lib/domain/token-request.ts';
import {
  assertHost,
  assertMayEnter,
  assertMayInvite,
  decideCreation,
} from '../../../lib/rooms/domain/room-access.ts';
import { catchFault } from '../../support/faults.ts';
import { DAY_SECONDS } from '../../support/fixtures.ts';

const guest = (maxRole: Role, name?: string): Guest => ({
  ...{ kind: 'guest', subject: 'guest:x', name, maxRole, room: 'ward' },
});
const user = (maxRole: Role, subject = 'ada'): Caller => ({
  ...{ kind: 'user', subject, maxRole, roomsOnly: false },
});
const strangers: [what: string, caller: Caller][] = [
  ...ROLES.map((role): [string, Caller] => [`a guest who is ${role}`, guest(role)]),
  ['anonymous', ANONYMOUS],
];

async function expectForbidden(run: () => unknown, message: RegExp): Promise<void> {
  const fault = await catchFault(run);
  expect([fault.name, fault.message]).toEqual(['ForbiddenError', expect.stringMatching(message)]);
}

describe.each(strangers)('%s', (_what, caller) => {
  it('is not a host, and cannot create sessions or rooms', async () => {
    expect(isHost(caller)).toBe(false);
    expect(decideCreation(caller, true)).toBe('none');
    await expectForbidden(
      () => assertMayCreateSession(caller),
      /^Only moderators may create sessions\.$/,
    );
    await expectForbidden(() => assertMayNameSession(caller), /join the room/);
    await expectForbidden(
      () => assertMayInspectTokens(caller),
      /^Only trusted callers may inspect/,
    );
    await expectForbidden(() => assertMayEnter(caller, 'other'), /not among those/);
    await expectForbidden(() => assertHost(caller, 'ward'), /moderators see|not among those/);
    expect(tokenCeilingSeconds(caller)).toBe(DAY_SECONDS);
  });
});

describe('a guest', () => {
  it('enters the one room of the invite', () => {
    expect(() => assertMayEnter(guest('publisher'), 'ward')).not.toThrow();
  });

  it.each(ROLES)('who is %s has that role at most', (maxRole) => {
    const granted = ROLES.filter((role) => mayHaveRole(guest(maxRole), role));
    expect(granted).toEqual(ROLES.filter((role) => mayHaveRole(user(maxRole), role)));
    expect(granted).toContain(maxRole);
  });

  it('is identified by subject and name, in front of the data of the request', () => {
    const dataOf = (caller: Caller, data?: string) =>
      decideToken(caller, { role: undefined, data }).data;
    expect(dataOf(guest('publisher', 'Ada'), 'x')).toBe(
      '{"sub":"guest:x","name":"Ada","data":"x"}',
    );
    expect(dataOf(guest('publisher'))).toBe('{"sub":"guest:x"}');
    expect(dataOf(user('publisher'), 'x')).toBe('{"sub":"ada","data":"x"}');
  });
});

describe('anonymous', () => {
  it('has no role, and gets no token', async () => {
    expect(ROLES.some((role) => mayHaveRole(ANONYMOUS, role))).toBe(false);
    const asking = () => decideToken(ANONYMOUS, { role: undefined, data: undefined });
    await expectForbidden(asking, /^The caller is not authenticated\.$/);
    await expectForbidden(() => assertMayEnter(ANONYMOUS, 'ward'), /not among those/);
  });
});

describe('a user', () => {
  it.each(['guest:', 'guest:x', 'guest:0J8yE2m4Qf1b7nT5rVxKpA'])(
    'is none who is called %s',
    async (subject) => {
      const asking = () =>
        decideToken(user('publisher', subject), { role: undefined, data: undefined });
      await expectForbidden(asking, /^The subject of a user must not start with guest:$/);
    },
  );

  it.each(['guest', 'a guest:', 'Guest:x'])('may be called %s', (subject) => {
    const { data } = decideToken(user('publisher', subject), { role: undefined, data: undefined });
    expect(data).toBe(JSON.stringify({ sub: subject }));
  });

  it('inspects no token, moderators neither; trusted callers do', async () => {
    for (const role of ROLES) {
      await expectForbidden(() => assertMayInspectTokens(user(role)), /trusted/);
    }
    expect(() => assertMayInspectTokens(TRUSTED)).not.toThrow();
  });
});

describe('an invite', () => {
  it.each(ROLES)(
    'for %s is made by hosts, for moderators by trusted callers alone',
    async (role) => {
      expect(() => assertMayInvite(TRUSTED, role)).not.toThrow();
      const byModerator = () => assertMayInvite(user('moderator'), role);
      if (role !== 'moderator') return expect(byModerator).not.toThrow();
      return expectForbidden(byModerator, /^Only trusted callers invite moderators\.$/);
    },
  );
});
