/**
 * Seats in the table, in the partition of their room.
 *
 * | item | content |
 * | --- | --- |
 * | `seat#<participantId>` | the seat of a person: its shard, an open grant, the person's connections |
 * | `seats#<shard>` | a part of the count: `held`, and the `capacity` that joins need |
 * | `seats#count` | since when the people who are in are being seated, and when abandoned seats were looked for |
 *
 * A seat and its shard change in one transaction, so no crash, retry or lost response makes them differ. Both
 * name their count: what is left of another session, or of an earlier rule, has no effect. A transaction of two
 * items costs four write units, each further seat two. Source: DynamoDB developer guide, "Amazon DynamoDB
 * Transactions: How it works".
 */
import {
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { createTransact, type TransactedWrite, type TransactOutcome } from '../../table/table.ts';
import {
  type Seat,
  type SeatLimit,
  type Shard,
  splitCapacity,
  TOKEN_SEAT_PREFIX,
  toSeatLimit,
  toShardCount,
} from '../domain/seats.ts';
import { readRules, toRoomKey } from './room-store.ts';
import {
  createQueryItems,
  createReadItem,
  type Item,
  type RoomsTable,
  wasApplied,
} from './rooms-table.ts';

/** The count of a room's seats. */
export interface SeatCount {
  readonly shards: readonly Shard[];
  /**
   * Since when the people who were in when the rule was put are being seated, in milliseconds since the UNIX
   * epoch; `undefined` once all are.
   */
  readonly openingSinceMs: number | undefined;
  /** When abandoned seats were last looked for, in milliseconds since the UNIX epoch. */
  readonly sweptAtMs: number;
}

/** A time in milliseconds since the UNIX epoch. */
interface At {
  readonly nowMs: number;
}

/** On which condition seats are taken. */
export type Taking =
  /** The rule is the one that was read, and a seat of the shard is free. */
  | 'if free'
  /** The people who are in are being seated. */
  | 'while opening'
  /** The shard is as it was read; no shard has free seats afterwards. */
  | { readonly regardless: readonly Shard[] };

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface SeatStore {
  /** Reads the rule of a room; `undefined` if it has none. Strongly consistent. */
  readonly readLimit: (room: string, remainingMs: RemainingMs) => Promise<SeatLimit | undefined>;
  /** Reads the count; `undefined` if there is none. Strongly consistent. */
  readonly readCount: (
    limit: SeatLimit,
    remainingMs: RemainingMs,
  ) => Promise<SeatCount | undefined>;
  /** Begins a count without free seats. Rejected if there is one, or the room has changed. */
  readonly beginCount: (
    limit: SeatLimit,
    at: At,
    remainingMs: RemainingMs,
  ) => Promise<TransactOutcome>;
  /** Sets all capacities. Rejected if a shard or the room has changed. */
  readonly balance: (
    of: { readonly limit: SeatLimit; readonly count: SeatCount } & At,
    remainingMs: RemainingMs,
  ) => Promise<TransactOutcome>;
  /**
   * Takes seats of one shard for persons who have none. Rejected if one of them has a seat (the flag of that
   * seat), or the condition fails.
   */
  readonly take: (
    of: {
      readonly limit: SeatLimit;
      readonly seats: readonly Seat[];
      readonly shard: number;
      readonly taking: Taking;
    } & At,
    remainingMs: RemainingMs,
  ) => Promise<TransactOutcome>;
  /** Takes the seat of a token for the connection that uses it. Rejected if either seat has changed. */
  readonly replace: (
    of: { readonly limit: SeatLimit; readonly replaced: Seat; readonly by: Seat } & At,
    remainingMs: RemainingMs,
  ) => Promise<TransactOutcome>;
  /** Frees seats that have not changed since they were read. Rejected with the flags of those that have. */
  readonly free: (
    of: { readonly limit: SeatLimit; readonly seats: readonly Seat[]; readonly shard: number },
    remainingMs: RemainingMs,
  ) => Promise<TransactOutcome>;
  /** Grants a seat that is held for another token. @returns whether the seat is held */
  readonly grant: (
    of: { readonly limit: SeatLimit; readonly id: string } & At,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /** Adds a connection to a seat, and ends the grant that it used. @returns whether the seat is held */
  readonly connect: (of: SeatConnection & At, remainingMs: RemainingMs) => Promise<boolean>;
  /** Takes a connection off a seat. @returns the seat before and after; `undefined` if it is not held */
  readonly disconnect: (
    of: SeatConnection,
    remainingMs: RemainingMs,
  ) => Promise<{ readonly before: Seat; readonly after: Seat } | undefined>;
  /** Lists the seats, or only those of tokens without a person. Strongly consistent. */
  readonly list: (
    limit: SeatLimit,
    which: { readonly ofTokens: boolean },
    remainingMs: RemainingMs,
  ) => Promise<readonly Seat[]>;
  /** Corrects how many seats a shard holds, unless it has changed since it was read. It has none free then. */
  readonly correct: (
    of: { readonly limit: SeatLimit; readonly shard: Shard; readonly held: number },
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /** Claims a task for one container, at most once per interval and room. */
  readonly claim: (
    of: {
      readonly limit: SeatLimit;
      readonly task: 'sweptAtMs' | 'comparedAtMs';
      readonly intervalMs: number;
    } & At,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
}

export interface SeatConnection {
  readonly limit: SeatLimit;
  readonly id: string;
  readonly connectionId: string;
  /** When the connection began, in milliseconds since the UNIX epoch. */
  readonly createdAtMs: number;
}

const SEAT_PREFIX = 'seat#';
const COUNT_PREFIX = 'seats#';
const COUNT_ITEM = `${COUNT_PREFIX}count`;
/** Longer than the longest lifetime of a token. What is in use is written more often. */
const KEPT_SECONDS = 31 * 24 * 60 * 60;

const IS_NEW = 'attribute_not_exists(countId) OR countId <> :count';
const IS_OF_COUNT = 'countId = :count';

const toKey = ({ room }: SeatLimit, item: string): Item => ({
  room: { S: room },
  item: { S: item },
});
const toShardItemKey = (limit: SeatLimit, index: number) =>
  toKey(limit, COUNT_PREFIX + String(index).padStart(2, '0'));
const toNumber = (value: number) => ({ N: String(value) });
const toExpiry = (nowMs: number) => toNumber(Math.floor(nowMs / 1000) + KEPT_SECONDS);
const toCountValue = ({ countId }: SeatLimit) => ({ ':count': { S: countId } });
/** `sessionId` lets the removal of a room find the items. */
const toOwner = ({ sessionId, countId }: SeatLimit): Item => ({
  sessionId: { S: sessionId },
  countId: { S: countId },
});

export function createSeatStore(table: RoomsTable, newToken: () => string): SeatStore {
  const readItem = createReadItem(table);
  const queryItems = createQueryItems(table);
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  const transact = createTransact(table, newToken);

  const readItems = (limit: SeatLimit, prefix: string, remainingMs: RemainingMs) => {
    return queryItems(
      {
        KeyConditionExpression: '#room = :room AND begins_with(#item, :prefix)',
        FilterExpression: IS_OF_COUNT,
        ExpressionAttributeNames: { '#room': 'room', '#item': 'item' },
        ExpressionAttributeValues: {
          ...toCountValue(limit),
          ':room': { S: limit.room },
          ':prefix': { S: prefix },
        },
      },
      remainingMs,
    );
  };

  return {
    readLimit: async (room, remainingMs) => {
      const item = await readItem(toRoomKey(room), remainingMs);
      return item && toSeatLimit(fromRoomItem(room, item));
    },
    readCount: async (limit, remainingMs) => {
      const items = await readItems(limit, COUNT_PREFIX, remainingMs);
      const shards = items.filter(({ item }) => item?.S !== COUNT_ITEM).map(toShard);
      if (shards.length === 0) return undefined;
      const about = items.find(({ item }) => item?.S === COUNT_ITEM);
      const sweptAtMs = Number(about?.['sweptAtMs']?.N ?? 0);
      const openingSince = about?.['openingSinceMs']?.N;
      const openingSinceMs = openingSince === undefined ? undefined : Number(openingSince);
      return { shards, openingSinceMs, sweptAtMs };
    },
    beginCount: (limit, { nowMs }, remainingMs) => {
      const shards = Array.from({ length: toShardCount(limit.maxParticipants) }, (_, index) =>
        putShard(limit, { index, capacity: 0 }, nowMs),
      );
      const count = putIfNew(limit, {
        ...toKey(limit, COUNT_ITEM),
        openingSinceMs: toNumber(nowMs),
        expiresAt: toExpiry(nowMs),
      });
      return transact([...shards, count, checkRoom(limit)], remainingMs);
    },
    balance: ({ limit, count: { shards, openingSinceMs }, nowMs }, remainingMs) => {
      const missing = Array.from(
        { length: toShardCount(limit.maxParticipants) },
        (_, index) => index,
      )
        .filter((index) => !shards.some((shard) => shard.index === index))
        .map((index) => ({ index, held: 0 }));
      const all = [...shards, ...missing];
      const capacities = splitCapacity(all, limit.maxParticipants);
      const writes = all.map((shard, position) => {
        const capacity = capacities[position] ?? 0;
        return 'version' in shard
          ? setCapacity(limit, shard, { capacity, nowMs })
          : putShard(limit, { index: shard.index, capacity }, nowMs);
      });
      const opened: TransactedWrite = {
        Update: {
          Key: toKey(limit, COUNT_ITEM),
          UpdateExpression: 'SET expiresAt = :expiresAt REMOVE openingSinceMs',
          ConditionExpression: IS_OF_COUNT,
          ExpressionAttributeValues: { ...toCountValue(limit), ':expiresAt': toExpiry(nowMs) },
        },
      };
      return transact(
        [...writes, ...(openingSinceMs === undefined ? [] : [opened]), checkRoom(limit)],
        remainingMs,
      );
    },
    take: ({ limit, seats, shard, taking, nowMs }, remainingMs) => {
      const puts = seats.map((seat) =>
        putIfNew(limit, toSeatItem(limit, { ...seat, shard }, nowMs)),
      );
      return transact([...puts, ...count(limit, { seats, shard, taking, nowMs })], remainingMs);
    },
    replace: ({ limit, replaced, by, nowMs }, remainingMs) =>
      transact(
        [removeSeat(limit, replaced), putIfNew(limit, toSeatItem(limit, by, nowMs))],
        remainingMs,
      ),
    free: ({ limit, seats, shard }, remainingMs) => {
      const discount: TransactedWrite = {
        Update: {
          Key: toShardItemKey(limit, shard),
          UpdateExpression: 'ADD held :freed, version :one',
          ConditionExpression: IS_OF_COUNT,
          ExpressionAttributeValues: {
            ...toCountValue(limit),
            ':freed': toNumber(-seats.length),
            ':one': toNumber(1),
          },
        },
      };
      return transact([...seats.map((seat) => removeSeat(limit, seat)), discount], remainingMs);
    },
    grant: ({ limit, id, nowMs }, remainingMs) =>
      wasApplied(
        updateItem(
          {
            Key: toKey(limit, SEAT_PREFIX + id),
            UpdateExpression: 'SET grantedAtMs = :now, expiresAt = :expiresAt ADD version :one',
            ConditionExpression: IS_OF_COUNT,
            ExpressionAttributeValues: {
              ...toCountValue(limit),
              ':now': toNumber(nowMs),
              ':expiresAt': toExpiry(nowMs),
              ':one': toNumber(1),
            },
          },
          remainingMs,
        ),
      ),
    connect: async ({ limit, id, connectionId, createdAtMs, nowMs }, remainingMs) => {
      const add = (usesGrant: boolean) =>
        wasApplied(
          updateItem(
            {
              Key: toKey(limit, SEAT_PREFIX + id),
              UpdateExpression: `SET connectedAtMs = :now, expiresAt = :expiresAt ADD connectionIds :ids, version :one${usesGrant ? ' REMOVE grantedAtMs' : ''}`,
              ConditionExpression: usesGrant
                ? `${IS_OF_COUNT} AND (attribute_not_exists(connectionIds) OR attribute_not_exists(grantedAtMs) OR grantedAtMs <= :createdAt)`
                : IS_OF_COUNT,
              ExpressionAttributeValues: {
                ...toCountValue(limit),
                ':now': toNumber(nowMs),
                ':expiresAt': toExpiry(nowMs),
                ':ids': { SS: [connectionId] },
                ':one': toNumber(1),
                ...(usesGrant && { ':createdAt': toNumber(createdAtMs) }),
              },
            },
            remainingMs,
          ),
        );
      // The first connection of a seat uses its grant; a further one does if it is newer than the grant. A
      // callback about an older one may be late or repeated, while the person reloads the page.
      return (await add(true)) || add(false);
    },
    disconnect: async ({ limit, id, connectionId }, remainingMs) => {
      let old: Item | undefined;
      const isHeld = await wasApplied(
        updateItem(
          {
            Key: toKey(limit, SEAT_PREFIX + id),
            UpdateExpression: 'ADD version :one DELETE connectionIds :ids',
            ConditionExpression: IS_OF_COUNT,
            ExpressionAttributeValues: {
              ...toCountValue(limit),
              ':ids': { SS: [connectionId] },
              ':one': toNumber(1),
            },
            ReturnValues: 'ALL_OLD',
          },
          remainingMs,
        ).then(({ Attributes }) => {
          old = Attributes;
        }),
      );
      if (!isHeld || !old) return undefined;
      const before = toSeat(old);
      const connectionIds = before.connectionIds.filter((other) => other !== connectionId);
      return { before, after: { ...before, connectionIds, version: before.version + 1 } };
    },
    list: async (limit, { ofTokens }, remainingMs) => {
      const prefix = SEAT_PREFIX + (ofTokens ? TOKEN_SEAT_PREFIX : '');
      return (await readItems(limit, prefix, remainingMs)).map(toSeat);
    },
    correct: ({ limit, shard, held }, remainingMs) =>
      wasApplied(
        updateItem(
          {
            Key: toShardItemKey(limit, shard.index),
            UpdateExpression: 'SET held = :held, seatCapacity = :zero ADD version :one',
            ConditionExpression: `${IS_OF_COUNT} AND version = :version`,
            ExpressionAttributeValues: {
              ...toCountValue(limit),
              ':held': toNumber(held),
              ':version': toNumber(shard.version),
              ...{ ':one': toNumber(1), ':zero': toNumber(0) },
            },
          },
          remainingMs,
        ),
      ),
    claim: ({ limit, task, intervalMs, nowMs }, remainingMs) =>
      wasApplied(
        updateItem(
          {
            Key: toKey(limit, COUNT_ITEM),
            UpdateExpression: 'SET #task = :now, expiresAt = :expiresAt',
            ConditionExpression: `${IS_OF_COUNT} AND (attribute_not_exists(#task) OR #task <= :before)`,
            ExpressionAttributeNames: { '#task': task },
            ExpressionAttributeValues: {
              ...toCountValue(limit),
              ':now': toNumber(nowMs),
              ':before': toNumber(nowMs - intervalMs),
              ':expiresAt': toExpiry(nowMs),
            },
          },
          remainingMs,
        ),
      ),
  };
}

/** Condition: the room has the rule that was read. */
function checkRoom({ room, sessionId, countId, revision }: SeatLimit): TransactedWrite {
  return {
    ConditionCheck: {
      Key: toRoomKey(room),
      ConditionExpression: `sessionId = :sessionId AND (attribute_not_exists(seatCountId) OR seatCountId = :count) AND ${
        revision === undefined ? 'attribute_not_exists(revision)' : 'revision = :revision'
      }`,
      ExpressionAttributeValues: {
        ':sessionId': { S: sessionId },
        ':count': { S: countId },
        ...(revision !== undefined && { ':revision': { S: revision } }),
      },
    },
  };
}

function putIfNew(limit: SeatLimit, item: Item): TransactedWrite {
  return {
    Put: {
      Item: { ...item, ...toOwner(limit) },
      ConditionExpression: IS_NEW,
      ExpressionAttributeValues: toCountValue(limit),
    },
  };
}

function putShard(
  limit: SeatLimit,
  { index, capacity }: Pick<Shard, 'index' | 'capacity'>,
  nowMs: number,
): TransactedWrite {
  return putIfNew(limit, {
    ...toShardItemKey(limit, index),
    maxParticipants: toNumber(limit.maxParticipants),
    seatCapacity: toNumber(capacity),
    held: toNumber(0),
    version: toNumber(0),
    expiresAt: toExpiry(nowMs),
  });
}

function setCapacity(
  limit: SeatLimit,
  { index, version }: Shard,
  { capacity, nowMs }: { readonly capacity: number; readonly nowMs: number },
): TransactedWrite {
  return {
    Update: {
      Key: toShardItemKey(limit, index),
      UpdateExpression:
        'SET maxParticipants = :max, seatCapacity = :capacity, expiresAt = :expiresAt ADD version :one',
      ConditionExpression: `${IS_OF_COUNT} AND version = :version`,
      ExpressionAttributeValues: {
        ...toCountValue(limit),
        ':max': toNumber(limit.maxParticipants),
        ':capacity': toNumber(capacity),
        ':version': toNumber(version),
        ':expiresAt': toExpiry(nowMs),
        ':one': toNumber(1),
      },
    },
  };
}

/** Adds seats to the count of a shard. */
function count(
  limit: SeatLimit,
  {
    seats,
    shard,
    taking,
    nowMs,
  }: {
    readonly seats: readonly Seat[];
    readonly shard: number;
    readonly taking: Taking;
    readonly nowMs: number;
  },
): readonly TransactedWrite[] {
  const isRegardless = typeof taking === 'object';
  const counted = isRegardless && taking.regardless.find(({ index }) => index === shard);
  const add: TransactedWrite = {
    Update: {
      Key: toShardItemKey(limit, shard),
      UpdateExpression: `SET expiresAt = :expiresAt${isRegardless ? ', seatCapacity = :zero' : ''} ADD held :taken, version :one`,
      ConditionExpression: [
        IS_OF_COUNT,
        ...(taking === 'if free' ? ['maxParticipants = :max AND held < seatCapacity'] : []),
        ...(counted ? ['version = :version'] : []),
      ].join(' AND '),
      ExpressionAttributeValues: {
        ...toCountValue(limit),
        ':taken': toNumber(seats.length),
        ':one': toNumber(1),
        ':expiresAt': toExpiry(nowMs),
        ...(taking === 'if free' && { ':max': toNumber(limit.maxParticipants) }),
        ...(isRegardless && { ':zero': toNumber(0) }),
        ...(counted && { ':version': toNumber(counted.version) }),
      },
    },
  };
  if (taking === 'while opening') return [add, checkOpening(limit)];
  if (!isRegardless) return [add];
  const others = taking.regardless.filter(({ index, capacity }) => index !== shard && capacity > 0);
  return [add, ...others.map((other) => setCapacity(limit, other, { capacity: 0, nowMs }))];
}

function checkOpening(limit: SeatLimit): TransactedWrite {
  return {
    ConditionCheck: {
      Key: toKey(limit, COUNT_ITEM),
      ConditionExpression: `${IS_OF_COUNT} AND attribute_exists(openingSinceMs)`,
      ExpressionAttributeValues: toCountValue(limit),
    },
  };
}

/** Condition: the seat has not changed since it was read. */
function removeSeat(limit: SeatLimit, { id, version }: Seat): TransactedWrite {
  return {
    Delete: {
      Key: toKey(limit, SEAT_PREFIX + id),
      ConditionExpression: `${IS_OF_COUNT} AND version = :version`,
      ExpressionAttributeValues: { ...toCountValue(limit), ':version': toNumber(version) },
    },
  };
}

function toSeatItem(limit: SeatLimit, seat: Seat, nowMs: number): Item {
  const { id, shard, grantedAtMs, connectionIds, connectedAtMs, version } = seat;
  return {
    ...toKey(limit, SEAT_PREFIX + id),
    shard: toNumber(shard),
    version: toNumber(version),
    expiresAt: toExpiry(nowMs),
    ...(grantedAtMs !== undefined && { grantedAtMs: toNumber(grantedAtMs) }),
    // DynamoDB cannot store an empty set.
    ...(connectionIds.length > 0 && { connectionIds: { SS: [...connectionIds] } }),
    ...(connectedAtMs !== undefined && { connectedAtMs: toNumber(connectedAtMs) }),
  };
}

function toSeat(item: Item): Seat {
  const time = (attribute: string) =>
    item[attribute]?.N === undefined ? undefined : Number(item[attribute].N);
  return {
    id: (item['item']?.S ?? '').slice(SEAT_PREFIX.length),
    shard: Number(item['shard']?.N),
    grantedAtMs: time('grantedAtMs'),
    connectionIds: item['connectionIds']?.SS ?? [],
    connectedAtMs: time('connectedAtMs'),
    version: Number(item['version']?.N),
  };
}

function toShard(item: Item): Shard {
  return {
    index: Number((item['item']?.S ?? '').slice(COUNT_PREFIX.length)),
    maxParticipants: Number(item['maxParticipants']?.N),
    capacity: Number(item['seatCapacity']?.N),
    held: Number(item['held']?.N),
    version: Number(item['version']?.N),
  };
}

/** Reads what the limit needs, so that a room which is malformed otherwise does not fail a callback. */
function fromRoomItem(name: string, item: Item): Parameters<typeof toSeatLimit>[0] {
  return {
    name,
    sessionId: item['sessionId']?.S ?? '',
    rules: readRules(item['rules']?.S ?? ''),
    revision: item['revision']?.S,
    seatCountId: item['seatCountId']?.S,
  };
}
