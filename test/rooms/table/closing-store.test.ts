import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClosingStore,
  createClosingStore,
  createRecordClosing,
  RETRIED_SECONDS,
} from '../../../lib/rooms/table/closing-store.ts';
import { createRoomStore } from '../../../lib/rooms/table/room-store.ts';
import { createRoomsTable, type RoomsTable } from '../../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../../stand-ins/dynamodb.ts';
import { catchFault } from '../../support/faults.ts';
import { NOW_SECONDS } from '../../support/fixtures.ts';
import { createPatientAws } from '../../support/local-aws.ts';
import { roomOf } from '../room-of.ts';

const ample = () => 10_000;
let dynamoDb: DynamoDb;
let table: RoomsTable;
let closings: ClosingStore;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  table = createRoomsTable(createPatientAws(), { table: 'Rooms', endpoint: dynamoDb.url });
  closings = createClosingStore(table);
});
afterEach(() => dynamoDb.close());

const ruled = (name: string, closesAt: number) =>
  roomOf(name, {
    rules: { admission: 'open', closesAt, disconnectAtClose: true },
    revision: 'first',
  });
const record = (name: string, closesAt: number) =>
  createRecordClosing(table)(ruled(name, closesAt), ample);
const listNames = async (nowSeconds: number) =>
  (await closings.listDue(nowSeconds, ample)).map(({ name }) => name);

describe('listDue', () => {
  it.each([
    [NOW_SECONDS - 1, []],
    [NOW_SECONDS, ['standup']],
    [NOW_SECONDS + RETRIED_SECONDS, ['standup']],
    [NOW_SECONDS + RETRIED_SECONDS + 1, []],
  ])('at %d returns %j, of a room that closes at 1700000000', async (nowSeconds, expected) => {
    await record('standup', NOW_SECONDS);
    expect(await listNames(nowSeconds)).toEqual(expected);
  });

  it('returns rooms in the order of closing, whatever their names', async () => {
    for (const [name, closesAt] of [
      ...[['a', NOW_SECONDS] as const, ['+', NOW_SECONDS - 2] as const],
      ...[['~~', NOW_SECONDS - 1] as const, ['a#b'.replace('#', '+'), NOW_SECONDS - 3] as const],
    ]) {
      await record(name, closesAt);
    }
    expect(await closings.listDue(NOW_SECONDS, ample)).toEqual(
      [
        ['a+b', NOW_SECONDS - 3],
        ['+', NOW_SECONDS - 2],
        ['~~', NOW_SECONDS - 1],
        ['a', NOW_SECONDS],
      ].map(([name, closesAtSeconds]) => ({ name, closesAtSeconds, triedAtSeconds: undefined })),
    );
  });

  it.each([99_999_999_999, 86_401])('sorts the time %d as a number', async (closesAt) => {
    await record('standup', closesAt);
    expect(await listNames(closesAt - 1)).toEqual([]);
    expect(await listNames(closesAt)).toEqual(['standup']);
  });

  it('reads all pages', async () => {
    const count = 30;
    for (let index = 0; index < count; index += 1) {
      const item = { S: `00${NOW_SECONDS}#room-${index}` };
      const padding = { S: 'x'.repeat(50_000) };
      const Item = { room: { S: 'closing#' }, item, padding };
      await dynamoDb.ask('PutItem', { TableName: 'Rooms', Item });
    }
    expect(await listNames(NOW_SECONDS)).toHaveLength(count);
  });

  it('ignores what another program has written', async () => {
    const Item = { room: { S: 'closing#' }, item: { S: `00${NOW_SECONDS}#a/b` } };
    await dynamoDb.ask('PutItem', { TableName: 'Rooms', Item });
    expect(await listNames(NOW_SECONDS)).toEqual([]);
  });
});

describe('createRecordClosing', () => {
  it.each([
    ['without rules', undefined],
    ['that only closes', { admission: 'open', closesAt: NOW_SECONDS }],
  ] as const)('records nothing for a room %s', async (_, rules) => {
    await createRecordClosing(table)({ name: 'standup', rules }, ample);
    expect(dynamoDb.requests).toEqual([]);
  });

  it('records a closing that expires when it is no longer retried', async () => {
    await record('standup', NOW_SECONDS);
    const { Items } = await dynamoDb.ask('Scan', { TableName: 'Rooms' });
    expect(Items).toEqual([
      {
        room: { S: 'closing#' },
        item: { S: '001700000000#standup' },
        expiresAt: { N: String(NOW_SECONDS + RETRIED_SECONDS) },
      },
    ]);
  });
});

describe('markTried', () => {
  it('keeps when the closing was tried', async () => {
    await record('standup', NOW_SECONDS);
    const [closing] = await closings.listDue(NOW_SECONDS, ample);
    await closings.markTried(closing as never, NOW_SECONDS + 7, ample);
    expect(await closings.listDue(NOW_SECONDS, ample)).toEqual([
      { ...closing, triedAtSeconds: NOW_SECONDS + 7 },
    ]);
  });

  it('does not bring back a closing that another run has removed', async () => {
    await record('standup', NOW_SECONDS);
    const [closing] = await closings.listDue(NOW_SECONDS, ample);
    await closings.remove(closing as never, ample);
    await closings.markTried(closing as never, NOW_SECONDS, ample);
    await closings.remove(closing as never, ample);
    expect(await listNames(NOW_SECONDS)).toEqual([]);
  });
});

describe('the store of rooms', () => {
  const room = ruled('standup', NOW_SECONDS);
  const writes = [
    ['put', (store: ReturnType<typeof createRoomStore>) => store.put(room, undefined, ample)],
    ['replace', (store: ReturnType<typeof createRoomStore>) => store.replace(room, ample)],
  ] as const;

  it.each(writes)('records a closing before it writes the room: %s', async (_, write) => {
    await write(createRoomStore(table));
    const written = dynamoDb.requests.map(({ body }) => JSON.parse(body).Item.room.S);
    expect(written).toEqual(['closing#', 'standup']);
  });

  it.each(writes)('writes no room if its closing cannot be recorded: %s', async (_, write) => {
    dynamoDb.fail(dynamoFaults.accessDenied);
    const fault = await catchFault(() => write(createRoomStore(table)));
    expect(fault.name).toBe('ConfigurationError');
    expect(dynamoDb.requests).toHaveLength(1);
  });

  it('makes no other call for a room without the rule', async () => {
    await createRoomStore(table).put(roomOf('standup'), undefined, ample);
    expect(dynamoDb.requests).toHaveLength(1);
  });
});
