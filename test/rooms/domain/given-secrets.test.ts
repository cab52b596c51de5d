import { describe, expect, it } from 'vitest';
import { isVouchedFor, readGivenSecrets } from '../../../lib/rooms/domain/given-secrets.ts';
import { type Invite, noSuchInvite, parseInviteRequest } from '../../../lib/rooms/domain/invite.ts';
import { hashGuestSecret, hashInviteSecret } from '../../../lib/rooms/domain/invite-secret.ts';
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
  guests: [hashGuestSecret(own)],
};

describe('the secrets of a request', () => {
  it('are read together, each under its name', () => {
    const all = { invite: textOf(secret), guest: textOf(own), knock: textOf(wrong) };
    expect(readGivenSecrets(texts(all))).toEqual({
      ...{ room: 'ward', inviteId, invite: secret, guest: own, knock: wrong },
    });
    expect(readGivenSecrets(texts({ guest: textOf(own) }))).toEqual({
      ...{ room: 'ward', inviteId, invite: undefined, guest: own, knock: undefined },
    });
  });

  it.each<[what: string, given: Parameters<typeof texts>[0]]>([
    ['nothing', {}],
    ['a malformed invite', { invite: 'ward' }],
    ['a malformed guest beside a good invite', { invite: textOf(secret), guest: 'ward' }],
    ['a malformed knock', { invite: textOf(secret), knock: '' }],
    ['two rooms', { invite: textOf(secret), guest: textOf(own, { room: 'other' }) }],
    ['two invites', { invite: textOf(secret), knock: textOf(own, { id: 'b'.repeat(16) }) }],
  ])('are none where they are %s', (_what, given) => {
    expect(readGivenSecrets(texts(given))).toBeUndefined();
  });

  it.each<[what: string, given: Parameters<typeof texts>[0], isRight: boolean]>([
    ['the invite', { invite: textOf(secret) }, true],
    ['another invite', { invite: textOf(wrong) }, false],
    ['somebody who has come', { guest: textOf(own) }, true],
    ['somebody who has not', { guest: textOf(wrong) }, false],
    ['both', { invite: textOf(secret), guest: textOf(own) }, true],
    ['a wrong guest by the right invite', { invite: textOf(secret), guest: textOf(wrong) }, false],
    ['a right guest by a wrong invite', { invite: textOf(wrong), guest: textOf(own) }, false],
    ['a knock alone', { knock: textOf(own) }, false],
    ['the invite, taken for a guest', { guest: textOf(secret) }, false],
    ['a guest, taken for the invite', { invite: textOf(own) }, false],
  ])('vouch for %s: %s', (_what, given, isRight) => {
    const read = readGivenSecrets(texts(given)) ?? expect.fail('unreadable');
    expect(isVouchedFor(read, invite, NOW_SECONDS)).toBe(isRight);
    expect(isVouchedFor(read, invite, invite.expireTime - 1)).toBe(isRight);
    expect(isVouchedFor(read, invite, invite.expireTime)).toBe(false);
  });

  it('that vouch for nobody are answered in one way', () => {
    expect(noSuchInvite()).toMatchObject({
      ...{ name: 'InviteNotFoundError', status: 404, title: 'No such invite' },
      message: 'This invite lets nobody in; ask for another one.',
    });
  });
});
