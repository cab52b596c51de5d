/** Those at the door, in their table: seen to wait, decided about, and let in once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADMISSION_SECONDS, GONE_AFTER_SECONDS, toKnockId } from '../../lib/rooms/domain/knock.ts';
import type { Room } from '../../lib/rooms/domain/room.ts';
import { createKnockDoor, type KnockDoor } from '../../lib/rooms/table/knock-door.ts';
import { createKnockList, type KnockList } from '../../lib/rooms/table/knock-list.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { type AskAtDoor, askAtDoorWith } from '../../lib/rooms/use-cases/ask-at-door.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { catchFault } from '../support/faults.ts';
import { NOW_SECONDS, sessionIds } from '../support/fixtures.ts';
import { createLocalAws } from '../support/local-aws.ts';
import { roomOf } from './room-of.ts';

const remainingMs = () => 10_000;
const room = roomOf('standup');
const ROOM_LIFE = 400 * 86_400;

let dynamoDb: DynamoDb;
let door: KnockDoor;
let list: KnockList;
let askAtDoor: AskAtDoor;
let requests: number;
let clockMs: number;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  const table = createRoomsTable(createLocalAws(), { table: 'Rooms', endpoint: dynamoDb.url });
  door = createKnockDoor(table);
  list = createKnockList(table);
  askAtDoor = askAtDoorWith(door, () => clockMs);
  requests = 0;
});
afterEach(() => dynamoDb.close());

/** Asks at the door; @returns whether they came in, or the name of the fault. */
async function ask(subject: string, afterSeconds = 0, at: Room = room): Promise<string> {
  requests += 1;
  clockMs = (NOW_SECONDS + afterSeconds) * 1000;
  const invocation = {
    ...{ requestId: `request-${requests}`, nowSeconds: NOW_SECONDS + afterSeconds },
    remainingMs,
  };
  try {
    const admission = await askAtDoor({ room: at, subject, name: undefined }, invocation);
    if (!admission) return 'waits';
    return (await admission.use()) ? 'comes in' : 'is too late';
  } catch (error) {
    return (error as Error).name;
  }
}

const decide = (
  subject: string,
  decision: 'admit' | 'deny',
  options: { at?: Room; after?: number; onlyWaiting?: boolean } = {},
) => {
  const { at = room, after = 0, onlyWaiting = false } = options;
  const knockId = toKnockId(subject);
  const nowSeconds = NOW_SECONDS + after;
  return list.decide({ room: at, knockId, decision, nowSeconds, onlyWaiting }, remainingMs);
};

const writes = () => dynamoDb.requests.filter(({ operation }) => operation !== 'GetItem').length;

describe('somebody who waits', () => {
  it('comes in once a host admits them, once', async () => {
    expect(await ask('ada')).toBe('waits');
    expect(await decide('ada', 'admit')).toBe(true);
    expect(await ask('ada', 3)).toBe('comes in');
    expect(await ask('ada', 6)).toBe('waits');
  });

  it('does not come in on what was said to another', async () => {
    await ask('ada');
    await ask('bob');
    await decide('ada', 'admit');
    expect(await ask('bob', 3)).toBe('waits');
    expect(await ask('eve', 3)).toBe('waits');
  });

  it('has five minutes to come in', async () => {
    await ask('ada');
    await ask('bob');
    await decide('ada', 'admit');
    await decide('bob', 'admit');
    expect(await ask('ada', ADMISSION_SECONDS - 1)).toBe('comes in');
    expect(await ask('bob', ADMISSION_SECONDS)).toBe('waits');
  });

  it('is denied until a host says otherwise, however they ask', async () => {
    await ask('ada');
    await decide('ada', 'deny');
    for (const later of [0, 3, GONE_AFTER_SECONDS + 1, 86_400]) {
      expect(await ask('ada', later)).toBe('AdmissionDeniedError');
    }
    await decide('ada', 'admit', { after: 86_400 });
    expect(await ask('ada', 86_401)).toBe('comes in');
  });

  it('does not come in when a host thinks better of it', async () => {
    await ask('ada');
    await decide('ada', 'admit');
    const invocation = { requestId: 'slow', nowSeconds: NOW_SECONDS + 1, remainingMs };
    const admission = await askAtDoor({ room, subject: 'ada', name: undefined }, invocation);
    await decide('ada', 'deny', { after: 1 });
    expect(await admission?.use()).toBe(false);
    expect(await ask('ada', 2)).toBe('AdmissionDeniedError');
  });

  it('comes in with one of two requests at once, and waits with the other', async () => {
    await ask('ada');
    await decide('ada', 'admit');
    const ends = await Promise.all([ask('ada', 1), ask('ada', 1), ask('ada', 1)]);
    expect(ends.filter((end) => end === 'comes in')).toHaveLength(1);
  });

  it('knocks anew at another room of that name', async () => {
    await ask('ada');
    await decide('ada', 'deny');
    const isNew = roomOf('standup', { sessionId: sessionIds.openTokWithLocation });
    expect(await ask('ada', 1, isNew)).toBe('waits');
    expect(await decide('ada', 'admit', { at: room })).toBe(false);
    expect(await ask('ada', 2, isNew)).toBe('waits');
  });

  it('costs seven writes a minute at most', async () => {
    for (let after = 0; after < 60; after += 3) await ask('ada', after);
    expect(writes()).toBeLessThanOrEqual(7);
    expect(dynamoDb.requests.length).toBeLessThanOrEqual(20 + 7);
  });

  it('is listed while they ask, and comes back at the end of the line', async () => {
    await ask('ada');
    await ask('bob', 20);
    await ask('ada', 21);
    const since = async () =>
      (await list.listWaiting(room, 0, remainingMs)).map(({ subject, sinceMs, seenAtSeconds }) => [
        subject,
        sinceMs / 1000 - NOW_SECONDS,
        seenAtSeconds - NOW_SECONDS,
      ]);
    expect((await since()).sort()).toEqual([
      ['ada', 0, 21],
      ['bob', 20, 20],
    ]);
    await ask('ada', 21 + GONE_AFTER_SECONDS + 1);
    expect((await since()).sort()[0]).toEqual(['ada', 52, 52]);
  });

  it.each([
    ['throttled', dynamoFaults.throttling],
    ['reset', { kind: 'reset' }],
    ['answered in half', { kind: 'truncated' }],
    ['failing inside', dynamoFaults.internal],
  ] as const)('comes in on an admission whose use is %s', async (_what, fault) => {
    await ask('ada');
    await decide('ada', 'admit');
    const invocation = { requestId: 'once', nowSeconds: NOW_SECONDS + 1, remainingMs };
    const admission = await askAtDoor({ room, subject: 'ada', name: undefined }, invocation);
    dynamoDb.fail(fault, { times: 2 });
    expect(await admission?.use()).toBe(true);
    expect(await ask('ada', 3)).toBe('waits');
  });

  it('stays outside while the table is out of reach', async () => {
    await ask('ada');
    await decide('ada', 'admit');
    dynamoDb.fail(dynamoFaults.internal, { times: Number.POSITIVE_INFINITY });
    const slow = { requestId: 'x', nowSeconds: NOW_SECONDS, remainingMs: () => 700 };
    const who = { room, subject: 'ada', name: undefined };
    expect((await catchFault(() => askAtDoor(who, slow))).name).toBe('RoomStoreUnavailableError');
  });
});

describe('the list of those who wait', () => {
  it('has who was seen since then, and nobody who was decided about', async () => {
    for (const [index, subject] of ['ada', 'bob', 'eve', 'dan', 'joe'].entries()) {
      await ask(subject, index);
    }
    await decide('bob', 'admit', { after: 5 });
    await decide('eve', 'deny', { after: 5 });
    const since = async (seconds: number) =>
      (await list.listWaiting(room, NOW_SECONDS + seconds, remainingMs))
        .map(({ subject }) => subject)
        .sort();
    expect(await since(0)).toEqual(['ada', 'dan', 'joe']);
    expect(await since(1)).toEqual(['dan', 'joe']);
    expect(await since(4)).toEqual(['joe']);
    expect(await since(5)).toEqual([]);
  });
});

describe('what a host says', () => {
  it('is about somebody who has knocked', async () => {
    expect(await decide('nobody', 'admit')).toBe(false);
    expect(await list.listWaiting(room, 0, remainingMs)).toEqual([]);
  });

  it.each([
    [3_599, true],
    [3_600, false],
  ])('is about somebody who has left %i s ago, removed or not: %s', async (after, isMeant) => {
    await ask('ada');
    expect(await decide('ada', 'admit', { after })).toBe(isMeant);
  });

  it('takes a no back that was to be removed by now', async () => {
    const lasting = roomOf('standup', { expiresAtSeconds: NOW_SECONDS + ROOM_LIFE });
    await ask('ada', 0, lasting);
    await decide('ada', 'deny', { at: lasting });
    const after = 10 * ROOM_LIFE;
    expect(await ask('ada', after, lasting)).toBe('AdmissionDeniedError');
    expect(await decide('ada', 'admit', { at: lasting, after })).toBe(true);
    expect(await ask('ada', after, lasting)).toBe('comes in');
  });

  it('holds as said last, by whichever host', async () => {
    await ask('ada');
    for (const decision of ['admit', 'deny', 'admit'] as const) await decide('ada', decision);
    expect(await ask('ada', 1)).toBe('comes in');
    await ask('ada', 4);
    await Promise.all([decide('ada', 'admit'), decide('ada', 'deny')]);
    expect(['comes in', 'AdmissionDeniedError']).toContain(await ask('ada', 5));
  });

  it('to all who wait changes nothing about those whom another host has decided about', async () => {
    await ask('ada');
    await decide('ada', 'deny');
    expect(await decide('ada', 'admit', { onlyWaiting: true })).toBe(false);
    expect(await ask('ada', 1)).toBe('AdmissionDeniedError');
  });

  it.each<[what: string, expiresAtSeconds: number | undefined, expiresAt: number | undefined]>([
    ['for ever', undefined, undefined],
    ['for long', NOW_SECONDS + ROOM_LIFE, NOW_SECONDS + ROOM_LIFE],
    ['for a day', NOW_SECONDS + 86_400, NOW_SECONDS + 366 * 86_400],
  ])('is kept in a room that lasts %s, when it is a no', async (_what, life, expiresAt) => {
    const lasting = roomOf('standup', { expiresAtSeconds: life });
    await ask('ada', 0, lasting);
    await decide('ada', 'deny', { at: lasting });
    const { Items } = await dynamoDb.ask('Scan', { TableName: 'Rooms' });
    const [item] = Items as [{ expiresAt?: { N: string } }];
    expect(item.expiresAt && Number(item.expiresAt.N)).toBe(expiresAt);
  });
});
