import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TRUSTED } from '../../../lib/domain/access.ts';
import { Fault } from '../../../lib/domain/faults.ts';
import type { PlatformConnection } from '../../../lib/platform/moderation-api.ts';
import type { Room } from '../../../lib/rooms/domain/room.ts';
import type { Closing } from '../../../lib/rooms/table/closing-store.ts';
import { type CloseFailure, createCloseRooms } from '../../../lib/rooms/use-cases/close-rooms.ts';
import { mintSessionId } from '../../../stand-ins/session-id.ts';
import { APPLICATION_ID, NOW_SECONDS, OPENTOK_SECRET } from '../../support/fixtures.ts';
import { VONAGE_SECRET } from '../../support/keys.ts';
import { roomOf } from '../room-of.ts';
import { createSecret } from '../shelf.ts';

const T = NOW_SECONDS;
const RUN_MS = 50_000;

/** A platform and a table in this process. Every call takes `callMs` of the (fake) clock. */
async function open({ callMs = 0, secret = [OPENTOK_SECRET] as readonly object[] } = {}) {
  const rooms = new Map<string, Room>();
  const closings = new Map<string, Closing>();
  const clients = new Map<string, Set<string>>();
  const calls: string[] = [];
  const failing = new Set<string>();
  const failures: CloseFailure[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const pass = async (what: string, sessionId: string) => {
    calls.push(what);
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    if (callMs > 0) await new Promise((resolve) => setTimeout(resolve, callMs));
    inFlight -= 1;
    if (failing.has(sessionId)) {
      throw new Fault('PlatformUnavailableError', 'x', { reason: 'The platform is down.' });
    }
  };
  const keyOf = ({ name, closesAtSeconds }: Closing) => `${closesAtSeconds}#${name}`;
  const { projectSecret } = await createSecret(...(secret as [object, object?]));
  const closeRooms = createCloseRooms({
    projectSecret,
    store: { get: async (name) => rooms.get(name) },
    closings: {
      listDue: async (nowSeconds) =>
        [...closings.values()].filter(({ closesAtSeconds }) => closesAtSeconds <= nowSeconds),
      markTried: async (closing, nowSeconds) => {
        closings.set(keyOf(closing), { ...closing, triedAtSeconds: nowSeconds });
      },
      remove: async (closing) => {
        closings.delete(keyOf(closing));
      },
    },
    moderation: {
      listConnections: async ({ sessionId }): Promise<PlatformConnection[]> => {
        await pass('list', sessionId);
        const ids = [...(clients.get(sessionId) ?? [])];
        return ids.map((id) => ({ id, createdAtMs: T * 1000 }));
      },
      disconnect: async ({ sessionId, connectionId }) => {
        await pass('disconnect', sessionId);
        clients.get(sessionId)?.delete(connectionId);
      },
    },
    onFailures: (found) => failures.push(...found),
  });
  let connections = 0;
  const connect = (room: Room, count = 1) => {
    const ids = Array.from({ length: count }, (_, index) => `c-${connections + index}`);
    connections += count;
    clients.set(room.sessionId, new Set([...(clients.get(room.sessionId) ?? []), ...ids]));
  };
  /** A room that closes at T, with clients in it. */
  const put = (name: string, { closesAt = T, clients: count = 2, ...changed } = {}) => {
    const rules = { admission: 'open', closesAt, disconnectAtClose: true } as const;
    const sessionId = mintSessionId({ projectId: '123456' });
    const room = roomOf(name, { sessionId, rules, revision: 'first', ...changed });
    rooms.set(name, room);
    const closing = { name, closesAtSeconds: closesAt, triedAtSeconds: undefined };
    closings.set(keyOf(closing), closing);
    connect(room, count);
    return room;
  };
  const run = (nowSeconds: number, remainingMs = () => RUN_MS) =>
    closeRooms(
      {},
      {
        ...{ requestId: 'run', nowSeconds, remainingMs },
        ...{ caller: TRUSTED, maxTokenSeconds: 60 },
      },
    );
  return {
    ...{ rooms, closings, calls, failing, failures, put, connect, run },
    mostInFlight: () => mostInFlight,
    clientsOf: ({ sessionId }: Room) => clients.get(sessionId)?.size ?? 0,
  };
}

describe('closeRooms', () => {
  it.each([
    [T - 1, 3],
    [T, 0],
    [T + 60, 0],
  ])('in a run at %d leaves %d clients in a room that closes at 1700000000', async (now, left) => {
    const { put, run, clientsOf } = await open();
    const room = put('standup', { clients: 3 });
    const emptied = left === 0 ? { closed: 1, removed: 3 } : { closed: 0, removed: 0 };
    expect(await run(now)).toEqual({ ...emptied, notClosed: 0 });
    expect(clientsOf(room)).toBe(left);
  });

  it('disconnects people who connect with an earlier token in the next two minutes', async () => {
    const { put, connect, run, clientsOf, closings } = await open();
    const room = put('standup');
    await run(T + 3);
    connect(room);
    await run(T + 63);
    expect(clientsOf(room)).toBe(0);
    connect(room);
    await run(T + 119);
    expect(closings.size).toBe(1);
    connect(room);
    await run(T + 120);
    expect(clientsOf(room)).toBe(0);
    expect(closings.size).toBe(0);
  });

  it('catches up after an outage', async () => {
    const { put, run, clientsOf, closings } = await open();
    const room = put('standup');
    await run(T + 80_000);
    expect([clientsOf(room), closings.size]).toEqual([0, 0]);
  });

  it.each<[string, Partial<Room> | undefined]>([
    ['was deleted', undefined],
    ['closes later', { rules: { admission: 'open', closesAt: T + 1, disconnectAtClose: true } }],
    ['never closes', { rules: { admission: 'open' } }],
    ['no longer disconnects', { rules: { admission: 'open', closesAt: T } }],
    ['has no rules', { rules: undefined }],
    ['is of another project', { projectId: APPLICATION_ID }],
  ])('leaves a room alone that %s since, and forgets the closing', async (_, changed) => {
    const { put, run, rooms, calls, closings } = await open();
    const room = put('standup');
    if (changed) rooms.set('standup', { ...room, ...changed });
    else rooms.delete('standup');
    expect(await run(T)).toEqual({ closed: 0, notClosed: 0, removed: 0 });
    expect([calls, closings.size]).toEqual([[], 0]);
  });

  it('closes a room of a project that the cached secret does not name yet', async () => {
    const { put, run, clientsOf } = await open({ secret: [VONAGE_SECRET, OPENTOK_SECRET] });
    const room = put('standup');
    expect(await run(T)).toMatchObject({ closed: 1 });
    expect(clientsOf(room)).toBe(0);
  });

  it('makes no call if nothing is due', async () => {
    const { run, calls } = await open();
    expect(await run(T)).toEqual({ closed: 0, notClosed: 0, removed: 0 });
    expect(calls).toEqual([]);
  });
});

describe('a room that cannot be closed', () => {
  it('stops no other room, is reported, and closed by a later run', async () => {
    const { put, run, failing, failures, clientsOf, closings } = await open();
    const [one, bad, other] = ['a', 'b', 'c'].map((name) => put(name)) as [Room, Room, Room];
    failing.add(bad.sessionId);
    expect(await run(T)).toEqual({ closed: 2, notClosed: 1, removed: 4 });
    expect([one, bad, other].map(clientsOf)).toEqual([0, 2, 0]);
    expect(failures).toMatchObject([{ room: 'b', fault: { name: 'PlatformUnavailableError' } }]);
    await run(T + 200);
    expect([...closings.values()]).toMatchObject([{ name: 'b', triedAtSeconds: T + 200 }]);
    failing.clear();
    expect(await run(T + 260)).toEqual({ closed: 1, notClosed: 0, removed: 2 });
    expect([clientsOf(bad), closings.size]).toEqual([0, 0]);
  });

  it('reports at most 20 of them', async () => {
    const { put, run, failing, failures } = await open();
    for (let index = 0; index < 30; index += 1) failing.add(put(`room-${index}`).sessionId);
    expect(await run(T)).toMatchObject({ closed: 0, notClosed: 30 });
    expect(failures).toHaveLength(20);
  });

  it('waits behind those that were not tried yet, and a run that is out of time leaves the rest', async () => {
    const { put, run, failing, clientsOf } = await open();
    const bad = Array.from({ length: 20 }, (_, index) => put(`bad-${index}`));
    for (const { sessionId } of bad) failing.add(sessionId);
    await run(T);
    const good = put('good', { closesAt: T + 60 });
    // Time for the first ten rooms alone.
    let left = 10;
    const remainingMs = () => (left > 0 ? RUN_MS : 5_000);
    const closed = await run(T + 60, () => {
      const now = remainingMs();
      left -= 1;
      return now;
    });
    expect(closed).toMatchObject({ closed: 1, removed: 2 });
    expect(clientsOf(good)).toBe(0);
    expect(closed.notClosed).toBe(20);
  });
});

describe('1,000 rooms that close in the same minute', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: T * 1000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    [50, 5],
    [100, 10],
  ])('are empty within two minutes, at %d ms a call and %d clients each', async (callMs, count) => {
    const { put, run, clientsOf, mostInFlight } = await open({ callMs });
    const all = Array.from({ length: 1_000 }, (_, index) =>
      put(`room-${index}`, { clients: count }),
    );
    const startedMs = Date.now();
    const areEmpty = () => all.every((room) => clientsOf(room) === 0);
    // The schedule is up to a minute late.
    for (const startMs of [60_000, 120_000]) {
      if (areEmpty()) break;
      await vi.advanceTimersByTimeAsync(startedMs + startMs - Date.now());
      const endMs = Date.now() + RUN_MS;
      let isDone = false;
      const running = run(Math.floor(Date.now() / 1000), () => endMs - Date.now()).then(() => {
        isDone = true;
      });
      while (!isDone) await vi.advanceTimersByTimeAsync(100);
      await running;
      expect(Date.now()).toBeLessThan(endMs);
    }
    expect(all.filter((room) => clientsOf(room) > 0)).toEqual([]);
    expect(Date.now() - startedMs).toBeLessThan(120_000);
    expect(mostInFlight()).toBeLessThanOrEqual(200);
  });
});
