/**
 * The table of rooms: its errors, its queries, and reading of its items. Each room is one partition, so one
 * query finds everything that belongs to a room.
 */
import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Aws } from '../../network/aws-operation.ts';
import {
  type Condition,
  createQueryItems,
  createTable,
  type Item,
  type Table,
  type TableOptions,
} from '../../table/table.ts';
import { isStoredRoomName } from '../domain/room.ts';
import { roomFault } from '../faults.ts';

export {
  createQueryItems,
  createReadItem,
  type Item,
  onlyIfAbsent,
  wasApplied,
} from '../../table/table.ts';

export type RoomsTable = Table;

export function createRoomsTable(
  aws: Aws,
  options: Pick<TableOptions, 'table' | 'endpoint'>,
): RoomsTable {
  return createTable(aws, {
    ...options,
    toUnavailable: ({ reason, cause }) =>
      roomFault(
        'RoomStoreUnavailableError',
        'The rooms are temporarily unavailable. Retry in a second.',
        {
          reason,
          cause,
          retryAfterSeconds: 1,
        },
      ),
  });
}

export interface PartitionQuery {
  readonly room: string;
  /** Prefix of the sort keys. Default: all items of the partition. */
  readonly prefix?: string;
  /** Only items of this session; others belong to a former room of the same name. */
  readonly sessionId: string;
  /** Further conditions. Default none. */
  readonly where?: Required<
    Pick<
      QueryCommandInput,
      'FilterExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >
  >;
  /** Maximum number of items. Default all. */
  readonly limit?: number;
}

/** Throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export type ListItems = (query: PartitionQuery, remainingMs: RemainingMs) => Promise<Item[]>;

const OF_ROOM = '#room = :room';
const OF_SESSION = 'sessionId = :sessionId';

export function createListItems(table: RoomsTable): ListItems {
  const queryItems = createQueryItems(table);
  return async (given, remainingMs) => {
    const { room, prefix, sessionId, where, limit } = given;
    return queryItems(
      {
        KeyConditionExpression: prefix ? `${OF_ROOM} AND begins_with(#item, :prefix)` : OF_ROOM,
        FilterExpression: where ? `${OF_SESSION} AND ${where.FilterExpression}` : OF_SESSION,
        ExpressionAttributeNames: {
          '#room': 'room',
          ...(prefix && { '#item': 'item' }),
          ...where?.ExpressionAttributeNames,
        },
        ExpressionAttributeValues: {
          ':room': { S: room },
          ':sessionId': { S: sessionId },
          ...(prefix && { ':prefix': { S: prefix } }),
          ...where?.ExpressionAttributeValues,
        },
      },
      remainingMs,
      limit,
    );
  };
}

/** Condition: the item is of this session; a room keeps its session when its rules change. */
export function onlyIfOf(sessionId: AttributeValue): Condition {
  return {
    ConditionExpression: 'sessionId = :sessionId',
    ExpressionAttributeValues: { ':sessionId': sessionId },
  };
}

/** The last second that JavaScript's dates can represent. */
const LAST_SECOND = 8_640_000_000_000;

/** Every method throws Fault `InvalidRoomItemError`; its reason names the attribute. */
export interface ItemReader {
  readonly room: () => string;
  /** A text that is not empty. */
  readonly text: (attribute: string) => string;
  /** A whole number that a date can represent, from 0. */
  readonly count: (attribute: string) => number;
  readonly bytes: (attribute: string) => Uint8Array;
  /** The part of the sort key after the prefix. */
  readonly idAfter: (prefix: string) => string;
  readonly malformed: (attribute: string) => never;
}

/** Reads an item without trusting it: other programs can write to the table. Pure: no I/O. */
export function createItemReader(item: Item): ItemReader {
  const name = item['room']?.S;
  const malformed = (attribute: string): never => {
    throw roomFault('InvalidRoomItemError', 'The room cannot be read.', {
      reason: `The item of room ${name ?? '(without a name)'} is malformed: ${attribute}.`,
    });
  };
  return {
    room: () => (isStoredRoomName(name) ? name : malformed('room')),
    text: (attribute) => item[attribute]?.S || malformed(attribute),
    count: (attribute) => {
      const text = item[attribute]?.N ?? '';
      const isTime = /^\d+$/.test(text) && Number(text) <= LAST_SECOND;
      return isTime ? Number(text) : malformed(attribute);
    },
    bytes: (attribute) => item[attribute]?.B ?? malformed(attribute),
    idAfter: (prefix) => {
      const key = item['item']?.S ?? '';
      return key.startsWith(prefix) ? key.slice(prefix.length) : malformed('item');
    },
    malformed,
  };
}
