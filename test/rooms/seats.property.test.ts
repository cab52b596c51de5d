/**
 * Seats after any history of joins and callbacks (duplicated, delayed, reordered and lost ones), and of crashes
 * between two calls to the table, against a small model of who holds a seat.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toPersonId } from '../../lib/domain/identity.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { NOW_MS } from '../support/fixtures.ts';
import { createPatientAws } from '../support/local-aws.ts';
import { roomOf } from './room-of.ts';
import { countHeld, createSeatsOf, join, report, user } from './start-seats.ts';

let dynamoDb: DynamoDb;
beforeAll(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
});
afterAll(() => dynamoDb.close());

const MAX = 2;
const PEOPLE = ['ada', 'bob', 'cyd', 'dan'] as const;
type Person = (typeof PEOPLE)[number];

type Step =
  | { readonly kind: 'join'; readonly by: Person; readonly crashAfter: number }
  | {
      readonly kind: 'created' | 'destroyed';
      readonly by: Person;
      readonly nth: number;
      readonly crashAfter: number;
    }
  | { readonly kind: 'wait'; readonly seconds: number };

const by = fc.constantFrom(...PEOPLE);
/** How many calls to the table succeed before the container crashes. */
const crashAfter = fc.oneof(
  { weight: 4, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 4 }) },
);
const nth = fc.integer({ min: 0, max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('join' as const), by, crashAfter }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('created' as const), by, nth, crashAfter }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('destroyed' as const), by, nth, crashAfter }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      seconds: fc.constantFrom(1, 30, 61),
    }),
  },
);

class Crash extends Error {}

it('never lets in more people than fit, and leaks no seat', async () => {
  const clock = { ms: NOW_MS };
  let callsLeft = Number.POSITIVE_INFINITY;
  const aws = createPatientAws();
  const table = createRoomsTable(
    {
      ...aws,
      send: async (request) => {
        if (callsLeft <= 0) throw new Crash('The container has crashed.');
        callsLeft -= 1;
        return aws.send(request);
      },
    },
    { table: 'Rooms', endpoint: dynamoDb.url },
  );
  const seats = createSeatsOf(table, { now: () => clock.ms });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (history) => {
      runs += 1;
      clock.ms = NOW_MS;
      callsLeft = Number.POSITIVE_INFINITY;
      const room = roomOf(`room-${runs}`, {
        sessionId: mintSessionId({ projectId: '123456' }),
        rules: { admission: 'open', maxParticipants: MAX },
        revision: 'r',
      });
      await seats.rooms.put(room, undefined, () => 10_000);
      const connection = (sub: Person, number: number) => ({
        ...{ room: room.name, sessionId: room.sessionId, sub, createdAtMs: clock.ms },
        connectionId: `${sub}-${number}`,
      });
      /** When the last token of a person was issued. */
      const tokens = new Map<Person, number>();
      const created = new Set<string>();
      const destroyed = new Set<string>();
      const isPresent = (sub: Person) =>
        [0, 1].some((number) => {
          const id = `${sub}-${number}`;
          return created.has(id) && !destroyed.has(id);
        });

      for (const one of history) {
        if (one.kind === 'wait') {
          clock.ms += one.seconds * 1000;
          continue;
        }
        const { by: sub } = one;
        callsLeft = one.crashAfter;
        const isWhole = callsLeft === Number.POSITIVE_INFINITY;
        if (one.kind === 'join') {
          const before = PEOPLE.filter((other) => isPresent(other));
          const end = await join(seats, room, user(sub)).catch(() => 'crashed');
          if (end === 'in') tokens.set(sub, clock.ms);
          // People who are connected with a seat fill the room for everyone else.
          if (isWhole && before.length >= MAX && !before.includes(sub)) {
            expect(end).toBe('RoomFullError');
          }
        } else {
          const id = `${sub}-${one.nth}`;
          const may = await report(seats, one.kind, connection(sub, one.nth)).catch(
            () => undefined,
          );
          // A surplus connection is disconnected, of which the platform sends a callback.
          if (one.kind === 'created' && may === true) created.add(id);
          if (one.kind === 'destroyed' || may === false) destroyed.add(id);
          callsLeft = Number.POSITIVE_INFINITY;
          // The platform sends a callback again that failed.
          if (may === undefined) {
            const again = await report(seats, one.kind, connection(sub, one.nth));
            if (one.kind === 'created' && again) created.add(id);
            if (one.kind === 'destroyed' || !again) destroyed.add(id);
          }
          if (may === false) await report(seats, 'destroyed', connection(sub, one.nth));
        }
        callsLeft = Number.POSITIVE_INFINITY;
        const present = PEOPLE.filter((other) => isPresent(other));
        expect(present.length).toBeLessThanOrEqual(MAX);
        const held = await countHeld(seats, room);
        expect(held.counted).toBe(held.seats);
        expect(held.seats).toBeLessThanOrEqual(MAX);
        for (const other of present) {
          const Key = { room: { S: room.name }, item: { S: `seat#${toPersonId(other)}` } };
          const { Item } = await dynamoDb.ask('GetItem', { TableName: 'Rooms', Key });
          expect(Item, `the seat of ${other}, who is connected`).toBeDefined();
        }
      }
      // Once every token has expired, exactly the seats of people who are connected are taken.
      clock.ms += 61_000;
      const present = PEOPLE.filter((other) => isPresent(other));
      const ends: string[] = [];
      for (const late of ['eve', 'fay', 'gil']) {
        ends.push(await join(seats, room, user(late)));
        clock.ms += 1_000;
      }
      expect(ends.filter((end) => end === 'in')).toHaveLength(MAX - present.length);
    }),
    { numRuns: 12 },
  );
}, 120_000);
