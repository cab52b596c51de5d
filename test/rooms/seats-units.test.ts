/** What seats cost: a room that fills within a minute stays within one partition of DynamoDB. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mapConcurrently } from '../../lib/domain/map-concurrently.ts';
import { toSeatLimit } from '../../lib/rooms/domain/seats.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { meterCapacity } from '../support/capacity.ts';
import { NOW_MS } from '../support/fixtures.ts';
import { createPatientAws } from '../support/local-aws.ts';
import { roomOf } from './room-of.ts';
import { createSeatsOf, join, report, user } from './start-seats.ts';

let dynamoDb: DynamoDb;
beforeAll(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
});
afterAll(() => dynamoDb.close());

const JOINS = 10_000;
const SECONDS = 60;
/** One partition serves so many units a second. Source: DynamoDB developer guide, "Partitions and data distribution". */
const PARTITION = { written: 1_000, read: 3_000 };
/** Enough for the average: a join costs the same at any number of seats. */
const SAMPLE = 60;

it('10,000 joins and connections within a minute stay within one partition', async () => {
  const capacity = meterCapacity(createPatientAws(), dynamoDb);
  const table = createRoomsTable(capacity.aws, { table: 'Rooms', endpoint: dynamoDb.url });
  const seats = createSeatsOf(table, { now: () => NOW_MS });
  const room = roomOf('stadium', {
    rules: { admission: 'open', maxParticipants: JOINS },
    revision: 'r',
  });
  await seats.rooms.put(room, undefined, () => 10_000);
  await seats.counting.prepare(toSeatLimit(room) ?? expect.fail(), () => 10_000);
  const people = Array.from({ length: SAMPLE }, (_, index) => `user-${index}`);
  const perSecond = (units: number) => (units / SAMPLE) * (JOINS / SECONDS);

  capacity.reset();
  await mapConcurrently(people, (sub) => join(seats, room, user(sub)), { limit: 4 });
  const joined = { written: perSecond(capacity.written()), read: perSecond(capacity.read()) };
  expect(joined.written).toBeLessThanOrEqual(PARTITION.written * 0.7);
  expect(joined.read).toBeLessThanOrEqual(PARTITION.read * 0.1);

  capacity.reset();
  const { name, sessionId } = room;
  for (const sub of people.slice(0, 20)) {
    const of = { room: name, sessionId, connectionId: `of-${sub}`, sub, createdAtMs: NOW_MS };
    await report(seats, 'created', of);
  }
  const calls = capacity.calls().filter((call) => /(?:seat|seats)#|room$|Transact/.test(call));
  // Of the room's partition: its rule is read, and the seat written.
  expect(calls).toHaveLength(40);
  expect(calls.filter((call) => call.startsWith('UpdateItem seat#'))).toHaveLength(20);
});

it('a rejected join costs no more than one that succeeds', async () => {
  const capacity = meterCapacity(createPatientAws(), dynamoDb);
  const table = createRoomsTable(capacity.aws, { table: 'Rooms', endpoint: dynamoDb.url });
  const seats = createSeatsOf(table, { now: () => NOW_MS });
  const room = roomOf('booth', { rules: { admission: 'open', maxParticipants: 1 }, revision: 'r' });
  await seats.rooms.put(room, undefined, () => 10_000);
  for (const sub of ['ada', 'bob']) await join(seats, room, user(sub));
  capacity.reset();
  expect(await join(seats, room, user('cyd'))).toBe('RoomFullError');
  expect([capacity.written(), capacity.read()]).toEqual([4, 1]);
});
