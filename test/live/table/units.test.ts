/**
 * Capacity units of callbacks about one session: 10,000 people who connect within a minute stay within one partition of
 * DynamoDB (1,000 write and 3,000 read units a second).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCallbackClaims } from '../../../lib/live/table/callback-claims.ts';
import { createConnectionStore } from '../../../lib/live/table/connection-store.ts';
import {
  createFindRecordedRoom,
  createRecordRoom,
} from '../../../lib/live/table/session-room-store.ts';
import { createIsBanned } from '../../../lib/rooms/table/ban-store.ts';
import { createRoomsTable } from '../../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, startDynamoDb } from '../../../stand-ins/dynamodb.ts';
import { type Capacity, meterCapacity } from '../../support/capacity.ts';
import { NOW_MS, NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';
import { createPatientAws } from '../../support/local-aws.ts';

const ample = () => 10_000;
const sessionId = sessionIds.openTok;
const room = { name: 'standup', sessionId };
const connection = {
  ...{ sessionId, connectionId: 'c', createdAtMs: NOW_MS, nowSeconds: NOW_SECONDS },
  // The longest connection data: sub and name together have at most 1,000 characters.
  ...{ sub: 's'.repeat(700), name: 'n'.repeat(64) },
};
const claim = { payloadHash: 'f'.repeat(64), requestId: 'r', nowMs: NOW_MS };

let dynamoDb: DynamoDb;
let capacity: Capacity;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  capacity = meterCapacity(createPatientAws(), dynamoDb);
});
afterEach(() => dynamoDb.close());

function open() {
  const table = createRoomsTable(capacity.aws, { table: 'Rooms', endpoint: dynamoDb.url });
  return {
    connections: createConnectionStore(table),
    claims: createCallbackClaims(table),
    recordRoom: createRecordRoom(table),
    findRoom: createFindRecordedRoom(table),
    isBanned: createIsBanned(table),
  };
}
type Stores = ReturnType<typeof open>;

const PEOPLE = 10_000;
const SECONDS = 60;

/** What a callback does in one partition: that of the session, of the room, and of the callback itself. */
const rows: [
  what: string,
  run: (stores: Stores) => Promise<unknown>,
  writes: number,
  reads: number,
][] = [
  ['a new connection, in its session', (s) => s.connections.recordCreated(connection, ample), 2, 1],
  [
    'a connection that ends, in its session',
    (s) => s.connections.recordDestroyed(connection, ample),
    2,
    0,
  ],
  ['the room of a session, once per container', (s) => s.findRoom(sessionId, ample), 0, 1],
  ['a ban, in its room', (s) => s.isBanned({ room, personId: 'x'.repeat(22) }, ample), 0, 1],
];

describe.each(rows)('the units of %s', (_what, run, writes, reads) => {
  it('do not depend on how many came before, and 10,000 a minute fit into a partition', async () => {
    const stores = open();
    await stores.recordRoom({ ...room, nowSeconds: NOW_SECONDS }, ample);
    for (const before of [0, 50]) {
      for (let count = 0; count < before; count += 1) {
        const connectionId = `c-${count}`;
        await stores.connections.recordCreated({ ...connection, connectionId }, ample);
      }
      capacity.reset();
      await run(stores);
      expect([capacity.written(), capacity.read()]).toEqual([writes, reads]);
    }
    expect((writes * PEOPLE) / SECONDS).toBeLessThanOrEqual(1_000);
    expect((reads * PEOPLE) / SECONDS).toBeLessThanOrEqual(3_000);
  });
});

describe('the claim of a callback', () => {
  it('costs two write units in a separate partition, and a duplicate one of each', async () => {
    const { claims } = open();
    expect(await claims.claim(claim, ample)).toBe('claimed');
    await claims.complete(claim, ample);
    expect([capacity.written(), capacity.read()]).toEqual([2, 0]);
    capacity.reset();
    expect(await claims.claim({ ...claim, requestId: 'other' }, ample)).toBe('published');
    expect([capacity.written(), capacity.read()]).toEqual([1, 1]);
  });
});
