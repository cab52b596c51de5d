/** Seats of a room with `maxParticipants`, through the use cases and a real table, by several containers. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TRUSTED } from '../../lib/domain/access.ts';
import { toPersonId } from '../../lib/domain/identity.ts';
import { mapConcurrently } from '../../lib/domain/map-concurrently.ts';
import type { Aws } from '../../lib/network/aws-operation.ts';
import type { Room } from '../../lib/rooms/domain/room.ts';
import { toSeatLimit } from '../../lib/rooms/domain/seats.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { meterCapacity } from '../support/capacity.ts';
import { NOW_MS } from '../support/fixtures.ts';
import { createPatientAws } from '../support/local-aws.ts';
import { roomOf } from './room-of.ts';
import { countHeld, createSeatsOf, join, report, type SeatsOptions, user } from './start-seats.ts';

let dynamoDb: DynamoDb;
beforeAll(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
});
afterAll(() => dynamoDb.close());

const ample = () => 60_000;
const clock = { ms: NOW_MS };
beforeEach(() => {
  clock.ms = NOW_MS;
});
const aws = createPatientAws();
const container = (options: Partial<SeatsOptions> = {}, of: Aws = aws) => {
  const table = createRoomsTable(of, { table: 'Rooms', endpoint: dynamoDb.url });
  return createSeatsOf(table, { now: () => clock.ms, ...options });
};
const meteredContainer = () => {
  const capacity = meterCapacity(aws, dynamoDb);
  return { capacity, ...container({}, capacity.aws) };
};

let rooms = 0;
/** Puts a room with the rule. */
async function putRoom(maxParticipants: number | undefined, changed: Partial<Room> = {}) {
  rooms += 1;
  const room = roomOf(`room-${rooms}`, {
    sessionId: mintSessionId({ projectId: '123456' }),
    rules: { admission: 'open', ...(maxParticipants !== undefined && { maxParticipants }) },
    revision: `revision-${maxParticipants}`,
    ...changed,
  });
  await container().rooms.put(room, undefined, ample);
  return room;
}

/** Replaces the rule of a room. */
async function changeRule(room: Room, maxParticipants: number | undefined, seatCountId?: string) {
  const changed: Room = {
    ...room,
    rules: { admission: 'open', ...(maxParticipants !== undefined && { maxParticipants }) },
    ...{ revision: `revision-${maxParticipants}-${seatCountId}`, seatCountId },
  };
  await container().rooms.replace(changed, ample);
  return changed;
}

const names = (count: number, prefix = 'user') =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
/** A few at once: what many at once do is tested below, and takes time. */
const joinAll = (seats: ReturnType<typeof container>, room: Room, subjects: readonly string[]) =>
  mapConcurrently(subjects, (subject) => join(seats, room, user(subject)), { limit: 4 });
const countIn = (ends: readonly unknown[]) => ends.filter((end) => end === 'in').length;
const connection = (room: Room, sub: string | undefined, connectionId = `of-${sub}`) => ({
  ...{ room: room.name, sessionId: room.sessionId, connectionId, sub, createdAtMs: clock.ms },
});

describe('joins of a room with maxParticipants', () => {
  it.each([
    [1, 40],
    [10, 200],
    [120, 160],
  ])(
    'to %i seats by %i people at once take exactly as many seats',
    async (max, people) => {
      const room = await putRoom(max);
      // As `PUT` does.
      await container().counting.prepare(toSeatLimit(room) ?? expect.fail(), ample);
      const containers = [container(), container(), container(), container()];
      const ends = await Promise.all(
        names(people).map((subject, index) =>
          join(containers[index % 4] as (typeof containers)[0], room, user(subject)),
        ),
      );
      expect(countIn(ends)).toBe(max);
      expect(new Set(ends)).toEqual(new Set(['in', 'RoomFullError']));
      expect(await countHeld(container(), room)).toEqual({ counted: max, seats: max });
    },
    60_000,
  );

  it('take exactly as many seats in 40 containers at once, of which none has begun the count', async () => {
    const room = await putRoom(10);
    const now = () => Date.now();
    const containers = Array.from({ length: 40 }, () => container({ now }));
    const ends = await Promise.all(
      names(200).map((subject, index) =>
        join(containers[index % 40] as (typeof containers)[0], room, user(subject)),
      ),
    );
    expect(countIn(ends)).toBe(10);
    expect(new Set(ends)).toEqual(new Set(['in', 'RoomFullError']));
  }, 60_000);

  it('by one person take one seat, however often and concurrent', async () => {
    const room = await putRoom(2);
    const seats = container();
    expect(countIn(await joinAll(seats, room, names(20).fill('ada')))).toBe(20);
    expect(await countHeld(seats, room)).toEqual({ counted: 1, seats: 1 });
    expect(await join(seats, room, user('bob'))).toBe('in');
    expect(await join(seats, room, user('cyd'))).toBe('RoomFullError');
    expect(await join(seats, room, user('ada'))).toBe('in');
  });

  it('by hosts are counted, and succeed in a full room', async () => {
    const room = await putRoom(2);
    const seats = container();
    expect(await join(seats, room, user('host', 'moderator'))).toBe('in');
    expect(await join(seats, room, user('ada'))).toBe('in');
    expect(await join(seats, room, user('bob'))).toBe('RoomFullError');
    expect(await join(seats, room, user('second host', 'moderator'))).toBe('in');
    expect(await join(seats, room, TRUSTED)).toBe('in');
    expect(await join(seats, room, TRUSTED, '{"sub":"third host"}')).toBe('in');
    expect(await countHeld(seats, room)).toEqual({ counted: 5, seats: 5 });
    expect(await join(seats, room, user('ada'))).toBe('in');
  });

  it('succeed after a host who exceeded the limit, once enough people have left', async () => {
    const room = await putRoom(120);
    const seats = container();
    await joinAll(seats, room, names(120));
    expect(await join(seats, room, user('host', 'moderator'))).toBe('in');
    const leave = (sub: string) => report(seats, 'destroyed', connection(room, sub));
    for (const sub of ['user-0', 'user-1']) await report(seats, 'created', connection(room, sub));
    await leave('user-0');
    expect(await join(seats, room, user('late'))).toBe('RoomFullError');
    await leave('user-1');
    expect(countIn(await joinAll(seats, room, names(5, 'late')))).toBe(1);
    expect(await countHeld(seats, room)).toEqual({ counted: 120, seats: 120 });
  });

  it('make no call without the rule', async () => {
    const { capacity, ...seats } = meteredContainer();
    expect(await join(seats, roomOf('open'), user('ada'))).toBe('in');
    expect(capacity.calls()).toEqual([]);
  });

  it('make one conditional write with the rule, of four units', async () => {
    const room = await putRoom(10);
    await join(container(), room, user('first'));
    const { capacity, ...seats } = meteredContainer();
    await join(seats, room, user('ada'));
    expect(capacity.calls()).toEqual(['TransactWriteItems']);
    expect([capacity.written(), capacity.read()]).toEqual([4, 0]);
  });
});

describe('seats of people who leave', () => {
  it('are free at once after the callback about the last connection', async () => {
    const room = await putRoom(1);
    const seats = container();
    await join(seats, room, user('ada'));
    for (const id of ['one', 'two']) await report(seats, 'created', connection(room, 'ada', id));
    await report(seats, 'destroyed', connection(room, 'ada', 'one'));
    expect(await join(seats, room, user('bob'))).toBe('RoomFullError');
    await report(seats, 'destroyed', connection(room, 'ada', 'two'));
    expect(await join(seats, room, user('bob'))).toBe('in');
  });

  it.each([
    [59_999, 'RoomFullError'],
    [60_000, 'in'],
  ])('who never connected: %i ms later another join is %s', async (laterMs, end) => {
    const room = await putRoom(1);
    const seats = container();
    await join(seats, room, user('ada'));
    expect(await join(seats, room, user('bob'))).toBe('RoomFullError');
    clock.ms += laterMs;
    expect(await join(seats, room, user('bob'))).toBe(end);
  });

  it('are kept while a connection lasts', async () => {
    const room = await putRoom(1);
    const seats = container();
    await join(seats, room, user('ada'));
    await report(seats, 'created', connection(room, 'ada'));
    clock.ms += 86_400_000;
    expect(await join(seats, room, user('bob'))).toBe('RoomFullError');
  });

  it('are kept for a newer token, as when a page is reloaded', async () => {
    const room = await putRoom(1);
    const seats = container();
    await join(seats, room, user('ada'));
    await report(seats, 'created', connection(room, 'ada', 'old'));
    clock.ms += 1_000;
    await join(seats, room, user('ada'));
    await report(seats, 'destroyed', connection(room, 'ada', 'old'));
    expect(await join(seats, room, user('bob'))).toBe('RoomFullError');
    expect(await report(seats, 'created', connection(room, 'ada', 'new'))).toBe(true);
  });

  it('are free although the callback about the creation never arrived', async () => {
    const room = await putRoom(1);
    const seats = container();
    await join(seats, room, user('ada'));
    await report(seats, 'destroyed', connection(room, 'ada'));
    expect(await join(seats, room, user('bob'))).toBe('in');
  });

  it('are free although the callbacks arrived in the other order, and twice', async () => {
    const room = await putRoom(1);
    const seats = container();
    await join(seats, room, user('ada'));
    const ada = connection(room, 'ada');
    for (const event of ['destroyed', 'created', 'destroyed', 'created'] as const) {
      await report(seats, event, ada);
    }
    expect(await countHeld(seats, room)).toEqual({ counted: 0, seats: 0 });
    expect(await join(seats, room, user('bob'))).toBe('in');
  });

  it('are free after a crash between the two writes of the callback', async () => {
    const room = await putRoom(1);
    const { store, ...seats } = container();
    await join(seats, room, user('ada'));
    const ada = connection(room, 'ada');
    await report(seats, 'created', ada);
    const seat = { limit: toSeatLimit(room) ?? expect.fail(), id: toPersonId('ada') };
    await store.disconnect({ ...seat, ...ada }, ample);
    expect(await join(seats, room, user('bob'))).toBe('in');
  });

  it('are free after the end of the session, of which connections get no callbacks', async () => {
    const room = await putRoom(1);
    const seats = container();
    await join(seats, room, user('ada'));
    await report(seats, 'created', connection(room, 'ada'));
    const { sessionId } = room;
    const ended = { sessionId, endedAtMs: clock.ms + 1, nowSeconds: clock.ms / 1000 };
    await seats.connections.recordEnded(ended, ample);
    expect(await join(seats, room, user('bob'))).toBe('in');
  });

  it('are free minutes after a callback was lost, as the platform lists them no more', async () => {
    const room = await putRoom(2);
    const seats = container({ listConnected: async () => new Set(['of-bob']) });
    for (const sub of ['ada', 'bob']) {
      await join(seats, room, user(sub));
      await report(seats, 'created', connection(room, sub));
    }
    clock.ms += 299_000;
    expect(await join(seats, room, user('cyd'))).toBe('RoomFullError');
    clock.ms += 60_000;
    expect(await join(seats, room, user('cyd'))).toBe('in');
    expect(await join(seats, room, user('dan'))).toBe('RoomFullError');
  });

  it('are looked for once a second and room, by one container', async () => {
    const room = await putRoom(1);
    await join(container(), room, user('ada'));
    const seats = container();
    const ends = await joinAll(seats, room, names(30));
    expect(countIn(ends)).toBe(0);
    const listed = dynamoDb.requests.filter(
      ({ operation, body }) =>
        operation === 'Query' && body.includes(room.name) && body.includes('"seat#"'),
    );
    expect(listed).toHaveLength(1);
  });
});

describe('connections', () => {
  it('of a person without a seat are surplus in a full room, and take a free seat otherwise', async () => {
    const room = await putRoom(2);
    const seats = container();
    await join(seats, room, user('ada'));
    expect(await report(seats, 'created', connection(room, 'old token'))).toBe(true);
    expect(await report(seats, 'created', connection(room, 'older token'))).toBe(false);
    expect(await join(seats, room, user('bob'))).toBe('RoomFullError');
    expect(await countHeld(seats, room)).toEqual({ counted: 2, seats: 2 });
  });

  it('of unknown persons are counted and never surplus', async () => {
    const room = await putRoom(1);
    const seats = container();
    for (const id of ['one', 'two', 'two']) {
      expect(await report(seats, 'created', connection(room, undefined, id))).toBe(true);
    }
    expect(await join(seats, room, user('ada'))).toBe('RoomFullError');
    for (const id of ['one', 'two']) {
      await report(seats, 'destroyed', connection(room, undefined, id));
    }
    expect(await join(seats, room, user('ada'))).toBe('in');
  });

  it('of unknown persons use the seat of a token of a trusted caller', async () => {
    const room = await putRoom(2);
    const seats = container();
    await join(seats, room, TRUSTED, 'any data');
    expect(await report(seats, 'created', connection(room, undefined, 'one'))).toBe(true);
    expect(await countHeld(seats, room)).toEqual({ counted: 1, seats: 1 });
    expect(await join(seats, room, user('ada'))).toBe('in');
  });

  it('of another session, or of a room without the rule, need no seat', async () => {
    const seats = container();
    const free = await putRoom(undefined);
    expect(await report(seats, 'created', connection(free, 'ada'))).toBe(true);
    const room = await putRoom(1);
    await join(seats, room, user('ada'));
    const former = { ...room, sessionId: mintSessionId({ projectId: '123456' }) };
    expect(await report(seats, 'created', connection(former, 'bob'))).toBe(true);
    expect(await countHeld(seats, room)).toEqual({ counted: 1, seats: 1 });
  });
});

describe('a changed rule', () => {
  it('counts the people who are in when a room gets it', async () => {
    const free = await putRoom(undefined);
    const seats = container();
    for (const sub of names(60)) await report(seats, 'created', connection(free, sub));
    await report(seats, 'created', connection(free, 'user-0', 'second'));
    await report(seats, 'created', connection(free, undefined, 'unknown'));
    const room = await changeRule(free, 62);
    const ends = await Promise.all(
      names(4, 'new').map((sub) => join(container(), room, user(sub))),
    );
    expect(countIn(ends)).toBe(1);
    expect(await join(seats, room, user('user-7'))).toBe('in');
    expect(await countHeld(seats, room)).toEqual({ counted: 62, seats: 62 });
  });

  it.each([
    [120, 130, 10],
    [10, 120, 110],
  ])(
    'from %i to %i lets %i more people in, from a full room',
    async (from, to, more) => {
      const before = await putRoom(from);
      const seats = container();
      expect(countIn(await joinAll(seats, before, names(from)))).toBe(from);
      const room = await changeRule(before, to);
      const ends = await joinAll(seats, room, names(more + 3, 'new'));
      expect(countIn(ends)).toBe(more);
      expect(await countHeld(seats, room)).toEqual({ counted: to, seats: to });
    },
    60_000,
  );

  it('to fewer seats removes no person, and lets people in when enough have left', async () => {
    const before = await putRoom(120);
    const seats = container();
    await joinAll(seats, before, names(60));
    const room = await changeRule(before, 58);
    expect(await join(seats, room, user('new'))).toBe('RoomFullError');
    for (const sub of names(3)) {
      expect(await join(seats, room, user('new'))).toBe('RoomFullError');
      await report(seats, 'created', connection(room, sub));
      await report(seats, 'destroyed', connection(room, sub));
    }
    expect(countIn(await joinAll(seats, room, names(4, 'new')))).toBe(1);
  });

  it('that is removed and put again starts a new count', async () => {
    const first = await putRoom(2, { seatCountId: 'first' });
    const seats = container();
    for (const sub of ['ada', 'bob']) {
      await join(seats, first, user(sub));
      await report(seats, 'created', connection(first, sub));
    }
    const free = await changeRule(first, undefined);
    await report(seats, 'destroyed', connection(free, 'ada'));
    for (const sub of ['cyd', 'dan']) await report(seats, 'created', connection(free, sub));
    const room = await changeRule(free, 4, 'second');
    expect(await join(seats, room, user('eve'))).toBe('in');
    expect(await join(seats, room, user('fay'))).toBe('RoomFullError');
    expect(await countHeld(seats, room)).toEqual({ counted: 4, seats: 4 });
  });

  it('is used by a join that has read the rule before', async () => {
    const old = await putRoom(5);
    const seats = container();
    await joinAll(seats, old, names(5));
    const fewer = await changeRule(old, 3);
    expect(await join(seats, fewer, user('new'))).toBe('RoomFullError');
    expect(await join(seats, old, user('late'))).toBe('RoomFullError');
    const more = await changeRule(old, 7);
    expect(await join(seats, more, user('new'))).toBe('in');
    expect(countIn(await joinAll(seats, old, names(3, 'late')))).toBe(1);
    await changeRule(old, undefined);
    expect(await join(seats, old, user('last'))).toBe('in');
  });

  it('of a room with a new session counts that session alone', async () => {
    const old = await putRoom(1);
    const seats = container();
    await join(seats, old, user('ada'));
    await seats.rooms.put(
      { ...old, sessionId: mintSessionId({ projectId: '123456' }) },
      old,
      ample,
    );
    const room = (await seats.rooms.get(old.name, ample)) ?? expect.fail();
    expect(await join(seats, room, user('bob'))).toBe('in');
    expect(await join(seats, room, user('cyd'))).toBe('RoomFullError');
  });
});

describe('the count', () => {
  it('is corrected if seats are missing', async () => {
    const room = await putRoom(2);
    const seats = container();
    await joinAll(seats, room, ['ada', 'bob']);
    const Key = { room: { S: room.name }, item: { S: `seat#${toPersonId('ada')}` } };
    await dynamoDb.ask('DeleteItem', { TableName: 'Rooms', Key });
    expect(await join(seats, room, user('cyd'))).toBe('in');
    expect(await countHeld(seats, room)).toEqual({ counted: 2, seats: 2 });
  });

  it('frees the seat of a token that is not issued', async () => {
    const room = await putRoom(1);
    const seats = container();
    const of = { room, caller: user('ada'), data: undefined };
    const seat = await seats.seatCaller(of, ample);
    const again = await seats.seatCaller(of, ample);
    await again.release(ample);
    expect(await countHeld(seats, room)).toEqual({ counted: 1, seats: 1 });
    // Another request of the person has renewed it.
    await seat.release(ample);
    expect(await countHeld(seats, room)).toEqual({ counted: 1, seats: 1 });
    const other = await putRoom(1);
    await (await seats.seatCaller({ ...of, room: other }, ample)).release(ample);
    expect(await countHeld(seats, other)).toEqual({ counted: 0, seats: 0 });
  });
});
