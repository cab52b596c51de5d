import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../../lib/domain/access.ts';
import { hasSecret, type Invite, parseInviteRequest } from '../../../lib/rooms/domain/invite.ts';
import { readGuestSecret } from '../../../lib/rooms/domain/invite-secret.ts';
import { roomFault } from '../../../lib/rooms/faults.ts';
import { createInvite } from '../../../lib/rooms/use-cases/create-invite.ts';
import { catchFault } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_MS, NOW_SECONDS } from '../../support/fixtures.ts';
import { roomOf } from '../room-of.ts';

const room = roomOf('ward');
const [inviteId, secret] = ['i'.repeat(16), 's'.repeat(43)];
const invocation = {
  ...{ requestId: 'request', nowSeconds: NOW_SECONDS, remainingMs: () => 10_000 },
  ...{ caller: TRUSTED, maxTokenSeconds: DAY_SECONDS },
};
const newRandomText = (bytes: 12 | 32) => (bytes === 12 ? inviteId : secret);

function create(body: object, putInvite: (invite: Invite) => Promise<void>) {
  const request = parseInviteRequest(body, NOW_SECONDS);
  return createInvite({ putInvite, newRandomText, now: () => NOW_MS }, room, request, invocation);
}

describe('createInvite', () => {
  it('stores an invite to the session of the room, with the hash of its secret only', async () => {
    const stored: Invite[] = [];
    const body = { role: 'subscriber', maxGuests: 3, name: 'Ada', opensAt: NOW_SECONDS + 1 };
    await create(body, async (invite) => {
      stored.push(invite);
    });
    const [invite] = stored;
    expect(invite).toMatchObject({
      ...body,
      ...{ room: 'ward', sessionId: room.sessionId, inviteId, createdAtMs: NOW_MS },
      ...{ guests: 0, generation: 0, counted: [[], []] },
    });
    expect(invite && hasSecret(invite, secret)).toBe(true);
    expect(JSON.stringify(stored)).not.toContain(secret);
  });

  it('returns the view of the invite, and its secret', async () => {
    const created = await create({}, async () => undefined);
    expect(created).toEqual({
      ...{ inviteId, role: 'publisher', expireTime: NOW_SECONDS + DAY_SECONDS, opensAt: null },
      ...{
        maxGuests: 1,
        guests: 0,
        name: null,
        createdAt: new Date(NOW_SECONDS * 1000).toISOString(),
      },
      invite: `ward.${inviteId}.${secret}`,
    });
    expect(readGuestSecret(created.invite)).toEqual({ room: 'ward', inviteId, secret });
  });

  it('returns no secret of an invite that was not stored', async () => {
    const unavailable = roomFault('RoomStoreUnavailableError', 'Unavailable.');
    const create503 = () =>
      create({}, async () => {
        throw unavailable;
      });
    expect(await catchFault(create503)).toBe(unavailable);
  });
});
