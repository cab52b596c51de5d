import { describe, expect, it } from 'vitest';
import {
  isAuthenticated,
  readGuestCredentials,
} from '../../../lib/rooms/domain/guest-credentials.ts';
import { type Invite, noSuchInvite, parseInviteRequest } from '../../../lib/rooms/domain/invite.ts';
import { hashInviteSecret } from '../../../lib/rooms/domain/invite-secret.ts';
import { NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';

const inviteId = 'a'.repeat(16);
const [secret, own, wrong] = ['s', 'g', 'w'].map((one) => one.repeat(43)) as [
  string,
  string,
  string,
];
const textOf = (of: string, { room = 'ward', id = inviteId } = {}) => `${room}.${id}.${of}`;
const texts = (given: { invite?: string; guest?: string; knock?: string }) => ({
  ...{ invite: undefined, guest: undefined, knock: undefined },
  ...given,
});

const invite: Invite = {
  ...parseInviteRequest({ maxGuests: 2 }, NOW_SECONDS),
  ...{ room: 'ward', inviteId, sessionId: sessionIds.openTok, name: undefined },
  secretHash: hashInviteSecret(secret),
  createdAtMs: NOW_SECONDS * 1000,
  ...{ guests: 1, generation: 0, counted: [[], []] },
};

describe('guest credentials', () => {
  it('are read together, each under its name', () => {
    const all = { invite: textOf(secret), guest: textOf(own), knock: textOf(wrong) };
    expect(readGuestCredentials(texts(all))).toEqual({
      ...{ room: 'ward', inviteId, invite: secret, guest: own, knock: wrong },
    });
    expect(readGuestCredentials(texts({ guest: textOf(own) }))).toEqual({
      ...{ room: 'ward', inviteId, invite: undefined, guest: own, knock: undefined },
    });
  });

  it.each<[what: string, given: Parameters<typeof texts>[0]]>([
    ['nothing', {}],
    ['a malformed invite', { invite: 'ward' }],
    ['a malformed guest with a valid invite', { invite: textOf(secret), guest: 'ward' }],
    ['a malformed knock', { invite: textOf(secret), knock: '' }],
    ['two rooms', { invite: textOf(secret), guest: textOf(own, { room: 'other' }) }],
    ['two invites', { invite: textOf(secret), knock: textOf(own, { id: 'b'.repeat(16) }) }],
  ])('are undefined for %s', (_what, given) => {
    expect(readGuestCredentials(texts(given))).toBeUndefined();
  });

  it.each<[what: string, given: Parameters<typeof texts>[0], isGuest: boolean, isRight: boolean]>([
    ['the invite', { invite: textOf(secret) }, false, true],
    ['a wrong invite', { invite: textOf(wrong) }, false, false],
    ['the secret of a guest', { guest: textOf(own) }, true, true],
    ['the secret of no guest', { guest: textOf(wrong) }, false, false],
    ['both', { invite: textOf(secret), guest: textOf(own) }, true, true],
    ['the invite and no guest', { invite: textOf(secret), guest: textOf(wrong) }, false, false],
    ['a guest and a wrong invite', { invite: textOf(wrong), guest: textOf(own) }, true, false],
    ['a knock alone', { knock: textOf(own) }, true, false],
    ['the secret of the invite as guest', { guest: textOf(secret) }, false, false],
    ['the secret of a guest as invite', { invite: textOf(own) }, true, false],
  ])('with %s authenticate a guest until the invite expires', (_what, given, isGuest, isRight) => {
    const read = readGuestCredentials(texts(given)) ?? expect.fail('unreadable');
    expect(isAuthenticated(read, { invite, isGuest }, NOW_SECONDS)).toBe(isRight);
    expect(isAuthenticated(read, { invite, isGuest }, invite.expireTime - 1)).toBe(isRight);
    expect(isAuthenticated(read, { invite, isGuest }, invite.expireTime)).toBe(false);
  });

  it('that are invalid have one error', () => {
    expect(noSuchInvite()).toMatchObject({
      ...{ name: 'InviteNotFoundError', status: 404, title: 'No such invite' },
      message:
        'This invite is invalid, expired, revoked or already used. Ask the host for a new one.',
    });
  });
});
