import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../../lib/domain/access.ts';
import type { Invite } from '../../../lib/rooms/domain/invite.ts';
import { parseInvitedRoomRequest } from '../../../lib/rooms/domain/invited-room.ts';
import { createRoomCache } from '../../../lib/rooms/table/room-cache.ts';
import { createEnsureRoom } from '../../../lib/rooms/use-cases/ensure-room.ts';
import { createMakeRoom } from '../../../lib/rooms/use-cases/make-room.ts';
import { createOpenRoom } from '../../../lib/rooms/use-cases/open-room.ts';
import { catchFault, catchFieldErrors } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_MS, NOW_SECONDS } from '../../support/fixtures.ts';
import { createSecret, createSessions, createShelf, shelve } from '../shelf.ts';

const PROJECT = { kind: 'opentok', id: '123456' } as const;
const invocation = {
  ...{ requestId: 'request', nowSeconds: NOW_SECONDS, caller: TRUSTED },
  ...{ remainingMs: () => 10_000, maxTokenSeconds: DAY_SECONDS },
};
const closed = { admission: 'closed' };

async function start({
  allowsTokensBySessionId = false,
  liveRooms = true,
  roomTtlSeconds = 60,
} = {}) {
  const { projectSecret } = await createSecret();
  const { makeSession, made } = createSessions();
  const shelf = createShelf();
  const now = () => NOW_MS;
  const invites: Invite[] = [];
  let requested = 0;
  const counting = {
    ...projectSecret,
    get: (remainingMs: () => number) => {
      requested += 1;
      return projectSecret.get(remainingMs);
    },
  };
  const openRoom = createOpenRoom({
    projectSecret: counting,
    ensureRoom: createEnsureRoom({
      ...{ projectSecret: counting, store: shelf, cache: createRoomCache(0, now), now },
      makeRoom: createMakeRoom({ makeSession, roomTtlSeconds }),
    }),
    putInvite: async (invite) => {
      invites.push(invite);
    },
    newRandomText: (bytes) => 'r'.repeat(Math.ceil((bytes * 4) / 3)),
    ...{ now, roomTtlSeconds, enforcement: { allowsTokensBySessionId, liveRooms } },
  });
  return {
    ...{ shelf, made, invites, requested: () => requested },
    open: (request: object = {}) =>
      openRoom(parseInvitedRoomRequest({ room: 'standup', ...request }, invocation), invocation),
  };
}

describe('createOpenRoom', () => {
  it('creates a room with its rules', async () => {
    const { open, shelf, made } = await start();
    const opened = await open({ ...closed, opensAt: NOW_SECONDS + 100 });
    expect(opened).toMatchObject({
      name: 'standup',
      sessionId: made[0],
      apiKey: '123456',
      ...closed,
    });
    expect(opened).not.toHaveProperty('invites');
    expect(shelf.rooms.get('standup')).toMatchObject({
      ...{ rules: closed, expiresAtSeconds: NOW_SECONDS + 160 },
    });
  });

  it('creates a room without rules if the request has none', async () => {
    const { open, shelf } = await start();
    await open();
    expect(shelf.rooms.get('standup')?.rules).toBeUndefined();
  });

  it('returns the same room for a message that arrives twice', async () => {
    const { open, made } = await start();
    expect(await open(closed)).toEqual(await open(closed));
    expect(made).toHaveLength(1);
  });

  it('changes no rules of an existing room', async () => {
    const { open, shelf, made } = await start();
    const room = shelve(shelf, PROJECT);
    expect(await catchFault(() => open(closed))).toMatchObject({
      name: 'RoomConflictError',
      errors: [{ pointer: '#/admission' }],
    });
    expect([shelf.rooms.get('standup'), made]).toEqual([room, []]);
    expect(await open({ admission: 'open' })).toMatchObject({ sessionId: room.sessionId });
  });

  it('rejects an existing room with other session options', async () => {
    const { open, shelf } = await start();
    shelve(shelf, PROJECT);
    const fault = await catchFault(() => open({ session: { mediaMode: 'routed' } }));
    expect(fault.name).toBe('RoomConflictError');
  });

  it('rejects rules that tokens by session id would bypass, before anything is created', async () => {
    const { open, shelf, made } = await start({ allowsTokensBySessionId: true });
    const errors = await catchFieldErrors(() => open(closed));
    expect(errors).toMatchObject([{ pointer: '#/admission' }]);
    expect([made, shelf.calls]).toEqual([[], []]);
  });

  it('rejects rules that need callbacks without them, before anything is created', async () => {
    const { open, shelf, made } = await start({ liveRooms: false });
    const errors = await catchFieldErrors(() => open({ maxParticipants: 10 }));
    expect(errors).toMatchObject([{ pointer: '#/maxParticipants' }]);
    expect([made, shelf.calls]).toEqual([[], []]);
  });

  it('creates invites to the session of the room, at every delivery', async () => {
    const { open, invites, made } = await start();
    const request = { invites: [{ name: 'Ada' }, { maxGuests: 3 }] };
    const { invites: created } = await open(request);
    expect(created).toMatchObject([
      { name: 'Ada', invite: expect.stringMatching(/^standup\./) },
      { maxGuests: 3 },
    ]);
    await open(request);
    expect(invites.map(({ sessionId }) => sessionId)).toEqual(Array(4).fill(made[0]));
  });

  it('requests the secret once', async () => {
    const { open, requested } = await start();
    await open({ ...closed, invites: [{}] });
    expect(requested()).toBe(1);
  });
});
