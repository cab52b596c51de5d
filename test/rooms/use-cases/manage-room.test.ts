/** Concurrent changes of a room by hosts, and calls with lost responses. */
import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../../lib/domain/access.ts';
import { parseIfMatch } from '../../../lib/rooms/domain/if-match.ts';
import type { Room } from '../../../lib/rooms/domain/room.ts';
import { parseOpenRequest } from '../../../lib/rooms/domain/room-request.ts';
import type { SeatLimit } from '../../../lib/rooms/domain/seats.ts';
import { createMakeRoom } from '../../../lib/rooms/use-cases/make-room.ts';
import {
  deleteRoom,
  getRoom,
  type PutRoom,
  putRoom,
} from '../../../lib/rooms/use-cases/manage-room.ts';
import type { Invocation } from '../../../lib/use-cases/invocation.ts';
import { catchFault, catchFieldErrors } from '../../support/faults.ts';
import { NOW_SECONDS } from '../../support/fixtures.ts';
import { createSecret, createSessions, createShelf, shelve } from '../shelf.ts';

const PROJECT = { kind: 'opentok', id: '123456' } as const;
const invocation: Invocation = {
  requestId: 'request',
  nowSeconds: NOW_SECONDS,
  remainingMs: () => 10_000,
  caller: TRUSTED,
  maxTokenSeconds: 60,
};
const closed = { admission: 'closed' };

async function open({
  allowsTokensBySessionId = false,
  liveRooms = true,
  roomTtlSeconds = undefined as number | undefined,
} = {}) {
  const { projectSecret } = await createSecret();
  const { makeSession, made } = createSessions();
  const shelf = createShelf();
  const makeRoom = createMakeRoom({ makeSession, roomTtlSeconds });
  const prepared: SeatLimit[] = [];
  const deps = {
    prepareSeats: async (limit: SeatLimit) => prepared.push(limit),
    ...{
      projectSecret,
      store: shelf,
      removal: shelf,
      makeRoom,
      roomTtlSeconds,
      enforcement: { allowsTokensBySessionId, liveRooms },
    },
  };
  return {
    shelf,
    made,
    prepared,
    get: () => getRoom(deps, { room: 'standup' }, invocation),
    put: (body: object = {}, ifMatch?: string) =>
      putRoom(
        deps,
        {
          action: 'putRoom',
          ifMatch: parseIfMatch(ifMatch),
          ...parseOpenRequest('standup', body, invocation),
        },
        invocation,
      ),
    remove: (ifMatch?: string) =>
      deleteRoom(
        deps,
        { action: 'deleteRoom', room: 'standup', ifMatch: parseIfMatch(ifMatch) },
        invocation,
      ),
  };
}

describe('a room that a host puts', () => {
  it('is created once, and changed from then on', async () => {
    const { put, get, made, shelf } = await open();
    const created = await put(closed);
    expect(created).toMatchObject({ created: true, sessionId: made[0], admission: 'closed' });
    const changed = await put({ opensAt: NOW_SECONDS });
    expect(changed).toMatchObject({ created: false, sessionId: made[0], admission: 'open' });
    expect(changed.etag).not.toBe(created.etag);
    const { created: _, ...shown } = changed;
    expect(await get()).toEqual(shown);
    expect([made.length, shelf.rooms.size]).toEqual([1, 1]);
  });

  it('is not written again when it is as it is to be', async () => {
    const { put, shelf } = await open();
    const first = await put(closed);
    expect(await put(closed)).toEqual({ ...first, created: false });
    expect(shelf.calls.filter((call) => call === 'put')).toHaveLength(1);
  });

  it('takes over one that was made by joining it', async () => {
    const { put, shelf, made } = await open();
    const room = shelve(shelf, PROJECT);
    expect(await put({ defaultRole: 'subscriber' })).toMatchObject({
      ...{ created: false, sessionId: room.sessionId },
    });
    expect(made).toEqual([]);
  });

  it.each([
    ['is past its time', PROJECT, NOW_SECONDS],
    ['is of another project', { kind: 'opentok', id: '654321' } as const, undefined],
  ])('is a new one where the old one %s', async (_why, project, expiresAtSeconds) => {
    const { put, shelf, made } = await open();
    shelve(shelf, project, { expiresAtSeconds });
    expect(await put(closed)).toMatchObject({ created: true, sessionId: made[0] });
  });

  it('keeps its session: another one is a conflict', async () => {
    const { put, shelf } = await open();
    shelve(shelf, PROJECT);
    const fault = await catchFault(() => put({ session: { mediaMode: 'routed' } }));
    expect(fault).toMatchObject({ name: 'RoomConflictError', status: 409 });
    expect(shelf.rooms.get('standup')?.rules).toBeUndefined();
  });

  it('cannot have rules without effect, and is not created for them', async () => {
    const { put, shelf, made } = await open({ allowsTokensBySessionId: true });
    const errors = await catchFieldErrors(() => put(closed));
    expect(errors[0]?.detail).toContain('roomsOnly=true');
    expect([made, shelf.calls]).toEqual([[], []]);
    expect(await put({ defaultRole: 'subscriber' })).toMatchObject({ created: true });
  });

  it('rejects rules that need callbacks without them, before anything is created', async () => {
    const { put, shelf, made } = await open({ liveRooms: false });
    const errors = await catchFieldErrors(() => put({ maxParticipants: 10 }));
    expect(errors).toMatchObject([{ pointer: '#/maxParticipants' }]);
    expect([made, shelf.calls]).toEqual([[], []]);
  });

  it('keeps the session of a room that was made by joining it when its capacity is set', async () => {
    const { put, shelf, made } = await open();
    const room = shelve(shelf, PROJECT);
    expect(await put({ maxParticipants: 10 })).toMatchObject({
      ...{ sessionId: room.sessionId, maxParticipants: 10 },
    });
    expect(made).toEqual([]);
  });

  it('lives from when it opens or closes', async () => {
    const { put, shelf } = await open({ roomTtlSeconds: 60 });
    await put();
    expect(shelf.rooms.get('standup')?.expiresAtSeconds).toBe(NOW_SECONDS + 60);
    await put({ opensAt: NOW_SECONDS + 500 });
    expect(shelf.rooms.get('standup')?.expiresAtSeconds).toBe(NOW_SECONDS + 560);
  });
});

describe('the first rules of a room that was created by joining it', () => {
  const excluding = [
    ['closed', closed],
    ['knock', { admission: 'knock' }],
    ['opensAt in the future', { opensAt: NOW_SECONDS + 1 }],
    ['closesAt', { closesAt: NOW_SECONDS + 1 }],
  ] as const;
  const harmless = [
    ['none', {}],
    ['open', { admission: 'open' }],
    ['defaultRole', { defaultRole: 'subscriber' }],
    ['opensAt that has passed', { opensAt: NOW_SECONDS }],
  ] as const;

  it.each(excluding)('replace its session if they keep anyone out: %s', async (_what, rules) => {
    const { put, get, shelf, made } = await open();
    const options = { mediaMode: 'routed', archiveMode: 'manual', e2ee: true } as const;
    const joined = shelve(shelf, PROJECT, { options });
    const changed = await put(rules);
    expect(changed).toMatchObject({ created: false, sessionId: made[0], ...options });
    expect(changed.sessionId).not.toBe(joined.sessionId);
    expect(await get()).toMatchObject({ sessionId: made[0], etag: changed.etag });
  });

  it.each(excluding)(
    'replace it once, also if the same are put again: %s',
    async (_what, rules) => {
      const { put, shelf, made } = await open();
      shelve(shelf, PROJECT);
      const first = await put(rules);
      expect(await put(rules)).toEqual(first);
      expect(await put({ ...rules, defaultRole: 'subscriber' })).toMatchObject({
        sessionId: first.sessionId,
      });
      expect(made).toHaveLength(1);
    },
  );

  it.each(harmless)('keep its session if they exclude no caller: %s', async (_what, rules) => {
    const { put, shelf, made } = await open();
    const { sessionId } = shelve(shelf, PROJECT);
    expect(await put(rules)).toMatchObject({ created: false, sessionId });
    // From then on a host has put the room, so that a meeting can be locked while it runs.
    expect(await put(closed)).toMatchObject({ created: false, sessionId });
    expect(made).toEqual([]);
  });

  it('replace it under If-Match, too', async () => {
    const { put, get, shelf, made } = await open();
    shelve(shelf, PROJECT);
    const { etag } = (await get()) as PutRoom;
    expect(await put(closed, etag)).toMatchObject({ created: false, sessionId: made[0] });
    expect((await catchFault(() => put({}, etag))).name).toBe('PreconditionFailedError');
  });

  it('replace it once if the response of the table is lost', async () => {
    const { put, shelf, made } = await open();
    shelve(shelf, PROJECT);
    shelf.before.put = [() => shelf.lastPut && shelf.rooms.set('standup', shelf.lastPut)];
    expect(await put(closed)).toMatchObject({ created: false, sessionId: made[0] });
    expect(made).toHaveLength(1);
  });

  it.each([
    ['with the same rules', closed],
    ['with other rules', { admission: 'knock' }],
  ])('replace it once if two hosts put them at once, %s', async (_what, others) => {
    const { put, shelf } = await open();
    shelve(shelf, PROJECT);
    const other: PutRoom[] = [];
    shelf.before.put = [async () => other.push(await put(others))];
    const changed = await put(closed);
    expect(changed).toMatchObject({ sessionId: other[0]?.sessionId, admission: 'closed' });
    expect(shelf.rooms.get('standup')?.sessionId).toBe(other[0]?.sessionId);
  });

  it('remove what belongs to the old session', async () => {
    const { put, shelf } = await open();
    const { sessionId } = shelve(shelf, PROJECT);
    await put(closed);
    expect(shelf.cleared).toEqual([{ room: 'standup', sessionId }]);
  });

  it('last as long as a new room does', async () => {
    const { put, shelf } = await open({ roomTtlSeconds: 60 });
    shelve(shelf, PROJECT, { expiresAtSeconds: NOW_SECONDS + 5 });
    await put(closed);
    expect(shelf.rooms.get('standup')?.expiresAtSeconds).toBe(NOW_SECONDS + 60);
  });
});

describe('two hosts at once', () => {
  it('do not undo each other unseen', async () => {
    const { put, get, remove } = await open();
    const { etag } = await put();
    const first = await put(closed, etag);
    expect(await catchFault(() => put({ opensAt: 1 }, etag))).toMatchObject({
      name: 'PreconditionFailedError',
      status: 412,
    });
    expect((await catchFault(() => remove(etag))).name).toBe('PreconditionFailedError');
    expect(await get()).toMatchObject({ etag: first.etag });
    expect(await remove(first.etag)).toEqual({});
    for (const change of [() => put({}, '*'), () => remove('*')]) {
      expect((await catchFault(change)).name).toBe('PreconditionFailedError');
    }
  });

  it('both have their way without If-Match, the later one last', async () => {
    const { put, shelf, get } = await open();
    await put();
    shelf.before.put = [() => put({ opensAt: 1 })];
    await put(closed);
    expect(await get()).toMatchObject({ admission: 'closed', opensAt: null });
  });

  it('need no luck without If-Match, however many change it', async () => {
    const { put, shelf, get } = await open();
    await put();
    const room = shelf.rooms.get('standup') ?? expect.fail('no room');
    shelf.before.put = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((revision) => () => {
      shelf.rooms.set('standup', { ...room, revision });
    });
    expect(await put(closed)).toMatchObject({ admission: 'closed', opensAt: null });
    expect(await get()).toMatchObject({ admission: 'closed' });
  });

  it('change the new room if another host replaces it meanwhile', async () => {
    const { put, shelf, remove } = await open();
    await put();
    shelf.before.put = [() => remove().then(() => put({ opensAt: 1 }))];
    const changed = await put(closed);
    expect(changed.created).toBe(false);
    expect(shelf.rooms.get('standup')).toMatchObject({
      sessionId: changed.sessionId,
      rules: closed,
    });
  });

  it('get an error if another host was faster between read and write', async () => {
    const { put, shelf, get, remove } = await open();
    const { etag } = await put();
    shelf.before.put = [() => put({ opensAt: 1 })];
    expect((await catchFault(() => put(closed, etag))).name).toBe('PreconditionFailedError');
    const now = (await get()) as PutRoom;
    expect(now.opensAt).toBe(1);
    shelf.before.remove = [() => put(closed)];
    expect((await catchFault(() => remove(now.etag))).name).toBe('PreconditionFailedError');
    expect(await get()).toMatchObject({ admission: 'closed' });
  });

  it('make one session of a room that both create', async () => {
    const { put, shelf } = await open();
    shelf.before.put = [() => put({ opensAt: 1 })];
    const loser = await put(closed);
    expect(loser.created).toBe(false);
    expect(loser.sessionId).toBe(shelf.rooms.get('standup')?.sessionId);
  });

  it('who remove it while the other changes it leave either, never half of both', async () => {
    const { put, shelf, remove } = await open();
    const { etag } = await put();
    shelf.before.put = [() => remove()];
    expect((await catchFault(() => put(closed, etag))).name).toBe('PreconditionFailedError');
    expect(shelf.rooms.size).toBe(0);
  });
});

describe('a change with a lost response', () => {
  /** The effect of an earlier attempt: the condition of the call fails. */
  const twice = (run: () => unknown) => [run];

  it('is done, and told so', async () => {
    const { put, shelf } = await open();
    const { etag } = await put();
    shelf.before.put = twice(() => put(closed));
    expect(await put(closed, etag)).toMatchObject({ admission: 'closed', created: false });
  });

  it('is one creation', async () => {
    const { put, shelf, made } = await open();
    shelf.before.put = [
      () => {
        const room = shelf.lastPut;
        if (room) shelf.rooms.set(room.name, room);
      },
    ];
    expect(await put(closed)).toMatchObject({ created: true, sessionId: made[0] });
    expect(made).toHaveLength(1);
  });

  it('is one removal', async () => {
    const { put, shelf, remove } = await open();
    const { etag } = await put();
    shelf.before.remove = [() => shelf.rooms.clear()];
    expect(await remove(etag)).toEqual({});
  });

  it.each([
    ['without If-Match', undefined],
    ['with If-Match: *', '*'],
  ])('removes no room that was created since, %s', async (_what, ifMatch) => {
    const { put, shelf, remove } = await open();
    const { sessionId } = await put();
    const since = { ...shelf.rooms.get('standup'), sessionId: 'since' } as Room;
    shelf.before.remove = [() => shelf.rooms.set('standup', since)];
    expect(await remove(ifMatch)).toEqual({});
    expect(shelf.rooms.get('standup')).toEqual(since);
    expect(shelf.cleared).toEqual([{ room: 'standup', sessionId }]);
  });

  it('removes no room that was created since, with an entity tag', async () => {
    const { put, shelf, remove } = await open();
    const { etag } = await put();
    const since = { ...shelf.rooms.get('standup'), sessionId: 'since', revision: 'since' } as Room;
    shelf.before.remove = [() => shelf.rooms.set('standup', since)];
    expect((await catchFault(() => remove(etag))).name).toBe('PreconditionFailedError');
    expect(shelf.rooms.get('standup')).toEqual(since);
  });

  it('removes a room while its rules change, without If-Match', async () => {
    const { put, shelf, remove } = await open();
    await put();
    shelf.before.remove = [() => put(closed)];
    expect(await remove()).toEqual({});
    expect(shelf.rooms.size).toBe(0);
  });
});
