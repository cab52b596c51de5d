import { DeleteItem$ } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Room } from '../../../lib/rooms/domain/room.ts';
import {
  createRoomRemoval,
  createRoomStore,
  type RoomRemoval,
  type RoomStore,
} from '../../../lib/rooms/table/room-store.ts';
import { createRoomsTable, type RoomsTable } from '../../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../../stand-ins/dynamodb.ts';
import type { Fault } from '../../../stand-ins/faults.ts';
import { catchFault } from '../../support/faults.ts';
import { sessionIds } from '../../support/fixtures.ts';
import { createLocalAws } from '../../support/local-aws.ts';
import { roomOf } from '../room-of.ts';

const ample = () => 10_000;

const roomWith = (changed: Partial<Room> = {}) => roomOf('standup', changed);
const KEY = { room: { S: 'standup' }, item: { S: 'room' } };
const other = roomWith({ sessionId: sessionIds.openTokWithLocation });

let dynamoDb: DynamoDb;
let table: RoomsTable;
let store: RoomStore;
let removal: RoomRemoval;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  table = createRoomsTable(createLocalAws(), { table: 'Rooms', endpoint: dynamoDb.url });
  store = createRoomStore(table);
  removal = createRoomRemoval(table);
});
afterEach(() => dynamoDb.close());

/** Runs and tells how long it took. */
async function time<Result>(run: () => Promise<Result>) {
  const startedMs = performance.now();
  const result = await run();
  return { result, tookMs: performance.now() - startedMs };
}

describe('the table of rooms', () => {
  it('gives back the room that was put, and nothing for another name', async () => {
    expect(await store.put(roomWith(), undefined, ample)).toBe(true);
    expect(await store.get('standup', ample)).toEqual(roomWith());
    expect(await store.get('Standup', ample)).toBeUndefined();
  });

  it('is read as it is now, not as it was a moment ago', async () => {
    await store.get('standup', ample);
    expect(dynamoDb.requests[0]?.input).toMatchObject({ ConsistentRead: true });
  });

  it('keeps the first of two rooms of one name', async () => {
    expect(await store.put(roomWith(), undefined, ample)).toBe(true);
    expect(await store.put(other, undefined, ample)).toBe(false);
    expect(await store.get('standup', ample)).toEqual(roomWith());
  });

  it('replaces the room that was meant, once', async () => {
    await store.put(roomWith(), undefined, ample);
    const ends = await Promise.all([
      store.put(other, roomWith(), ample),
      store.put(
        roomWith({ sessionId: sessionIds.openTok2025, projectId: '47665971' }),
        roomWith(),
        ample,
      ),
    ]);
    expect(ends.sort()).toEqual([false, true]);
  });

  it('takes no room in place of one that was removed in the meantime', async () => {
    expect(await store.put(other, roomWith(), ample)).toBe(false);
    expect(await store.get('standup', ample)).toBeUndefined();
  });

  const open = roomWith();
  const ruled = roomWith({ rules: { admission: 'open' }, revision: 'first' });
  const locked = roomWith({ rules: { admission: 'closed' }, revision: 'second' });

  it.each<[before: string, there: Room, seen: Room, wasApplied: boolean]>([
    ['no rules, as seen', open, open, true],
    ['rules, as seen', ruled, ruled, true],
    ['rules where none were seen', ruled, open, false],
    ['other rules than were seen', locked, ruled, false],
    ['no rules where some were seen', open, ruled, false],
    ['another session', other, open, false],
  ])('is changed where it has %s', async (_before, there, seen, wasApplied) => {
    const changed = roomWith({ rules: { admission: 'closed' }, revision: 'third' });
    await store.put(there, undefined, ample);
    expect(await store.put(changed, seen, ample)).toBe(wasApplied);
    expect(await store.get('standup', ample)).toEqual(wasApplied ? changed : there);
    await removal.remove('standup', ample);
    await store.put(there, undefined, ample);
    expect(await removal.removeIfStill(seen, ample)).toBe(wasApplied);
    expect(await store.get('standup', ample)).toEqual(wasApplied ? undefined : there);
    expect(await removal.removeIfStill(seen, ample)).toBe(false);
  });

  it.each<[before: string, there: Room | undefined, wasApplied: boolean]>([
    ['no rules', open, true],
    ['rules', ruled, true],
    ['other rules', locked, true],
    ['another session', other, false],
    ['gone', undefined, false],
  ])('is put in place of itself, whatever it has: %s', async (_before, there, wasApplied) => {
    const changed = roomWith({ rules: { admission: 'closed' }, revision: 'third' });
    if (there) await store.put(there, undefined, ample);
    expect(await store.replace(changed, ample)).toBe(wasApplied);
    expect(await store.get('standup', ample)).toEqual(wasApplied ? changed : there);
  });

  it('removes a room, and one that is not there', async () => {
    await store.put(roomWith(), undefined, ample);
    await removal.remove('standup', ample);
    await removal.remove('standup', ample);
    expect(await store.get('standup', ample)).toBeUndefined();
  });

  it('removes no room that was created after the response of the removal was lost', async () => {
    await store.put(roomWith(), undefined, ample);
    const lossy: RoomsTable = {
      ...table,
      createCall: ((schema) => {
        const call = table.createCall(schema);
        return async (input, remainingMs) => {
          if (schema === DeleteItem$) {
            await call(input, remainingMs);
            await store.put(other, undefined, ample);
          }
          return call(input, remainingMs);
        };
      }) as RoomsTable['createCall'],
    };
    const { sessionId } = roomWith();
    expect(await createRoomRemoval(lossy).remove('standup', ample)).toBe(sessionId);
    expect(await store.get('standup', ample)).toEqual(other);
  });

  it.each([
    ['without a session', KEY],
    ['with a session of another type', { ...KEY, sessionId: { N: '1' } }],
    ['with an empty session', { ...KEY, sessionId: { S: '' } }],
    ['with malformed rules', { ...KEY, sessionId: { S: 'x' }, rules: { S: '{' } }],
  ])('removes an item that is malformed: %s', async (_what, Item) => {
    await dynamoDb.ask('PutItem', { TableName: 'Rooms', Item });
    await removal.remove('standup', ample);
    expect(await store.get('standup', ample)).toBeUndefined();
  });

  it('names the item that is malformed', async () => {
    await dynamoDb.ask('PutItem', {
      TableName: 'Rooms',
      Item: { room: { S: 'standup' }, item: { S: 'room' } },
    });
    expect(await catchFault(() => store.get('standup', ample))).toMatchObject({
      name: 'InvalidRoomItemError',
      reason: expect.stringContaining('item of room standup'),
    });
  });
});

const calls: [name: string, run: () => Promise<unknown>, requests?: number][] = [
  ['get', () => store.get('standup', ample)],
  ['put', () => store.put(roomWith(), undefined, ample)],
  ['remove', () => removal.remove('standup', ample), 2],
];
const passing: [name: string, fault: Fault][] = [
  ['is throttled', dynamoFaults.throttling],
  ['exceeds the throughput of its partition', dynamoFaults.throughputExceeded],
  ['fails inside', dynamoFaults.internal],
  ['resets the connection', { kind: 'reset' }],
  ['cuts its answer off', { kind: 'truncated' }],
];

describe('a call to a table that fails for a moment', () => {
  it.each(
    calls.flatMap(([name, run, requests = 1]) =>
      passing.map(([what, fault]) => [name, what, run, fault, requests] as const),
    ),
  )('%s succeeds when it %s once', async (_name, _what, run, fault, requests) => {
    dynamoDb.fail(fault);
    await run();
    expect(dynamoDb.counts.requests).toBe(requests + 1);
  });

  it.each([
    ['hangs', { kind: 'hang' }],
    ['stops half-way through its answer', { kind: 'stall' }],
  ] as const)('succeeds when it %s once, well within the deadline', async (_what, fault) => {
    dynamoDb.fail(fault);
    const { result, tookMs } = await time(() => store.get('standup', ample));
    expect(result).toBeUndefined();
    expect(tookMs).toBeLessThan(2_500);
  });

  it('does not lose a race against itself: a put with a lost response is found', async () => {
    dynamoDb.fail({ kind: 'truncated' });
    // The second attempt meets the room of the first.
    expect(await store.put(roomWith(), undefined, ample)).toBe(false);
    expect(await store.get('standup', ample)).toEqual(roomWith());
  });
});

describe('a call to an unavailable table', () => {
  const lasting: [name: string, fault: Fault, reason: RegExp][] = [
    ['throttles', dynamoFaults.throttling, /ThrottlingException: Rate exceeded/],
    [
      'has no throughput left',
      dynamoFaults.throughputExceeded,
      /ProvisionedThroughputExceededException/,
    ],
    ['fails inside', dynamoFaults.internal, /InternalServerError/],
    ['resets connections', { kind: 'reset' }, /ECONNRESET/],
    ['hangs', { kind: 'hang' }, /no response within \d+ ms/],
    ['speaks no HTTP', { kind: 'garbage' }, /Parse Error/],
  ];

  it.each(lasting)(
    'is given up within its time when it %s, and says why',
    async (_what, fault, reason) => {
      dynamoDb.fail(fault, { times: Number.POSITIVE_INFINITY });
      const { result, tookMs } = await time(() =>
        catchFault(() => store.put(roomWith(), undefined, () => 2_000)),
      );
      expect(result).toMatchObject({
        name: 'RoomStoreUnavailableError',
        status: 503,
        retryAfterSeconds: 1,
        message: 'The rooms are temporarily unavailable. Retry in a second.',
      });
      expect(result.reason).toMatch(/^The table Rooms failed: /);
      expect(result.reason).toMatch(reason);
      expect(tookMs).toBeLessThan(2_000);
    },
  );

  it.each([
    [10_000, 4_000],
    [700, 700],
    [400, 400],
    [-50, 400],
  ])('with %i ms left is given up before %i', async (remainingMs, limitMs) => {
    dynamoDb.fail(dynamoFaults.throttling, { times: Number.POSITIVE_INFINITY });
    const { result, tookMs } = await time(() =>
      catchFault(() => store.get('standup', () => remainingMs)),
    );
    expect(result.name).toBe('RoomStoreUnavailableError');
    expect(tookMs).toBeLessThan(limitMs);
  });
});

describe('a table that is set up wrongly', () => {
  it('is the deployment’s fault when there is none of that name', async () => {
    const options = { table: 'Other', endpoint: dynamoDb.url };
    const astray = createRoomStore(createRoomsTable(createLocalAws(), options));
    expect(await catchFault(() => astray.get('standup', ample))).toMatchObject({
      name: 'ConfigurationError',
      reason: expect.stringMatching(/^The table Other failed: ResourceNotFoundException/),
    });
    expect(dynamoDb.counts.requests).toBe(1);
  });

  it('is the deployment’s fault when the role may not use it', async () => {
    dynamoDb.fail(dynamoFaults.accessDenied);
    expect(await catchFault(() => removal.remove('standup', ample))).toMatchObject({
      name: 'ConfigurationError',
      status: 500,
      message: 'The service is misconfigured.',
    });
    expect(dynamoDb.counts.requests).toBe(1);
  });
});
