import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseInviteRequest } from '../../../lib/rooms/domain/invite.ts';
import { hashInviteSecret } from '../../../lib/rooms/domain/invite-secret.ts';
import { createInviteStore } from '../../../lib/rooms/table/invite-store.ts';
import {
  createReadAllRooms,
  createReadNamedRooms,
  ROOMS_INDEX,
} from '../../../lib/rooms/table/room-list.ts';
import { createRoomStore, toItem } from '../../../lib/rooms/table/room-store.ts';
import { createRoomsTable, type RoomsTable } from '../../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, startDynamoDb } from '../../../stand-ins/dynamodb.ts';
import { NOW_MS, NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';
import { createPatientAws } from '../../support/local-aws.ts';
import { roomOf } from '../room-of.ts';

const ample = () => 10_000;
/** In the order of ASCII. */
const NAMES = ['+', '-', '9', 'A', 'Z', '_', 'a', 'a+b', 'aa', 'b', '~'];

let dynamoDb: DynamoDb;
let table: RoomsTable;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  table = createRoomsTable(createPatientAws(), { table: 'Rooms', endpoint: dynamoDb.url });
  const store = createRoomStore(table);
  for (const name of NAMES.toReversed()) await store.put(roomOf(name), undefined, ample);
});
afterEach(() => dynamoDb.close());

const sources = {
  createReadAllRooms: () => createReadAllRooms(table),
  createReadNamedRooms: () =>
    createReadNamedRooms(createRoomStore(table), ['none', ...NAMES.toReversed(), 'a', '..', 'x/y']),
};

/** Reads to the end, in batches. */
async function readNames(source: keyof typeof sources, size: number, from?: string) {
  const readRooms = sources[source]();
  const names: string[] = [];
  let after = from;
  do {
    const { rooms, next } = await readRooms({ after, size }, ample);
    expect(rooms.length).toBeLessThanOrEqual(size);
    names.push(...rooms.map(({ name }) => name));
    after = next;
  } while (after !== undefined);
  return names;
}

describe.each(Object.keys(sources) as (keyof typeof sources)[])('%s', (source) => {
  it.each([1, 2, NAMES.length - 1, NAMES.length, NAMES.length + 1, 100])(
    'reads each room once, in the order of ASCII, in batches of %d',
    async (size) => {
      expect(await readNames(source, size)).toEqual(NAMES);
    },
  );

  it.each([
    ['a', ['a+b', 'aa', 'b', '~']],
    ['a0', ['aa', 'b', '~']],
    ['~', []],
  ])('continues after %s, whether or not such a room exists', async (after, expected) => {
    expect(await readNames(source, 2, after)).toEqual(expected);
  });

  it('reports a malformed item, and reads the others', async () => {
    const Item = { ...toItem(roomOf('A')), options: { S: '{' } };
    await dynamoDb.ask('PutItem', { TableName: 'Rooms', Item });
    const { rooms, malformed } = await sources[source]()({ after: undefined, size: 100 }, ample);
    expect(rooms.map(({ name }) => name)).toEqual(NAMES.filter((name) => name !== 'A'));
    expect(malformed).toMatchObject([
      { name: 'InvalidRoomItemError', reason: 'The item of room A is malformed: options.' },
    ]);
  });

  it('reads all fields of a room', async () => {
    const rules = { admission: 'closed', closesAt: NOW_SECONDS, reference: 'r' } as const;
    const room = roomOf('a', {
      ...{ rules, revision: 'first', hasBans: true, expiresAtSeconds: NOW_SECONDS },
    });
    await createRoomStore(table).replace(room, ample);
    const { rooms } = await sources[source]()({ after: '_', size: 1 }, ample);
    expect(rooms).toEqual([room]);
  });
});

describe('createReadAllRooms', () => {
  it('uses an index that contains rooms only, so writes of guests do not cost a second write', async () => {
    await createInviteStore(table).put(
      {
        ...parseInviteRequest({}, NOW_SECONDS),
        room: 'a',
        inviteId: 'a'.repeat(16),
        sessionId: sessionIds.openTok,
        secretHash: new Uint8Array(hashInviteSecret('secret')),
        createdAtMs: NOW_MS,
        name: undefined,
        opensAt: undefined,
        guests: 0,
        generation: 0,
        counted: [[], []],
      },
      ample,
    );
    const { Count } = await dynamoDb.ask('Scan', { TableName: 'Rooms', IndexName: ROOMS_INDEX });
    expect(Count).toBe(NAMES.length);
  });
});

describe('createReadNamedRooms', () => {
  it('reads no other room', async () => {
    const before = dynamoDb.requests.length;
    const readRooms = createReadNamedRooms(createRoomStore(table), ['b', 'none']);
    await readRooms({ after: undefined, size: 100 }, ample);
    const calls = dynamoDb.requests.slice(before);
    expect(calls.map(({ operation }) => operation)).toEqual(['GetItem', 'GetItem']);
    expect(calls.map(({ body }) => JSON.parse(body).Key.room.S).sort()).toEqual(['b', 'none']);
  });
});
