/**
 * The table of rooms in DynamoDB: its calls, their timeouts and errors, and reading of its items. Each
 * room is one partition, so one query finds everything that belongs to a room.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  errorTypeRegistries,
  GetItem$,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  type PutItemCommandInput,
  Query$,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { AwsJson1_0Protocol } from '@aws-sdk/core/protocols';
import type { MetadataBearer, StaticOperationSchema } from '@smithy/types';
import { capTimeoutMs, type RemainingMs } from '../../domain/deadline.ts';
import { type Fault, misconfigured } from '../../domain/faults.ts';
import { describeAwsFailure } from '../../network/aws-errors.ts';
import { type Aws, createAwsService } from '../../network/aws-operation.ts';
import { isStoredRoomName } from '../domain/room.ts';
import { roomFault } from '../faults.ts';

export type Item = Record<string, AttributeValue>;

/**
 * Errors that only a change of the deployment resolves. All others count as an outage of DynamoDB.
 * Source: DynamoDB developer guide, "Error handling".
 */
const CONFIGURATION_ERRORS: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/** A call usually takes a few milliseconds. An on-demand table throttles for seconds at most. */
const POLICY = {
  maxRetries: Number.POSITIVE_INFINITY,
  attemptTimeoutMs: 1_000,
  firstPauseMs: 25,
  longestPauseMs: 400,
};
/** Timeout of one call, with all attempts and pauses. */
const CALL_TIMEOUT_MS = 3_000;

/**
 * Throws Fault `RoomStoreUnavailableError` or `ConfigurationError`, and
 * ConditionalCheckFailedException (see `wasApplied`).
 */
export type TableCall<Input extends object, Output> = (
  input: Omit<Input, 'TableName'>,
  remainingMs: RemainingMs,
) => Promise<Output>;

export interface RoomsTable {
  /** Returns a function that calls the operation of this schema. */
  readonly createCall: <Input extends object, Output extends MetadataBearer>(
    schema: StaticOperationSchema,
  ) => TableCall<Input, Output>;
}

export interface RoomsTableOptions {
  readonly table: string;
  readonly endpoint: string;
}

export function createRoomsTable(aws: Aws, { table, endpoint }: RoomsTableOptions): RoomsTable {
  const protocol = new AwsJson1_0Protocol({
    defaultNamespace: 'com.amazonaws.dynamodb',
    serviceTarget: 'DynamoDB_20120810',
    errorTypeRegistries,
  });
  const service = { endpoint, signingName: 'dynamodb', protocol, policy: POLICY };
  const makeOperation = createAwsService(aws, service);
  return {
    createCall: <Input extends object, Output extends MetadataBearer>(
      schema: StaticOperationSchema,
    ): TableCall<Input, Output> => {
      const operation = makeOperation<Omit<Input, 'TableName'>, Output>(schema);
      return async (input, remainingMs) => {
        try {
          const named = { TableName: table, ...input };
          return await operation(named, capTimeoutMs(remainingMs, CALL_TIMEOUT_MS));
        } catch (error) {
          throw error instanceof ConditionalCheckFailedException ? error : toFault(error, table);
        }
      };
    },
  };
}

/**
 * Returns whether a conditional write was applied by its last attempt. After `false`, an earlier attempt
 * whose response was lost may have applied it; only reading the item tells.
 */
export async function wasApplied(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function isConfigurationError(error: unknown): boolean {
  return error instanceof Error && CONFIGURATION_ERRORS.has(error.name);
}

function toFault(error: unknown, table: string): Fault {
  const reason = `The table ${table} failed: ${describeAwsFailure(error)}`;
  if (isConfigurationError(error)) return misconfigured(reason, error);
  return roomFault('RoomStoreUnavailableError', 'The rooms are out of reach for the moment.', {
    reason,
    cause: error,
    retryAfterSeconds: 1,
  });
}

/** Reads an item with strong consistency. Throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export type ReadItem = (key: Item, remainingMs: RemainingMs) => Promise<Item | undefined>;

export function createReadItem({ createCall }: RoomsTable): ReadItem {
  const getItem = createCall<GetItemCommandInput, GetItemCommandOutput>(GetItem$);
  return async (key, remainingMs) =>
    (await getItem({ Key: key, ConsistentRead: true }, remainingMs)).Item;
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

export function createListItems({ createCall }: RoomsTable): ListItems {
  const query = createCall<QueryCommandInput, QueryCommandOutput>(Query$);
  return async (given, remainingMs) => {
    const { room, prefix, sessionId, where, limit = Number.POSITIVE_INFINITY } = given;
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await query(
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
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        },
        remainingMs,
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start && items.length < limit);
    return items.slice(0, limit);
  };
}

type Condition = Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Condition: there is no item with this key. */
export const onlyIfAbsent: Condition = {
  ConditionExpression: 'attribute_not_exists(#room)',
  ExpressionAttributeNames: { '#room': 'room' },
};

/** Condition: the item is of this session; a room keeps its session when its rules change. */
export function onlyIfOf(sessionId: AttributeValue): Condition {
  return {
    ConditionExpression: 'sessionId = :sessionId',
    ExpressionAttributeValues: { ':sessionId': sessionId },
  };
}

/** The last second that JavaScript's dates can represent. */
const LAST_SECOND = 8_640_000_000_000;

/** Every method throws Fault `InvalidRoomItemError` whose reason names the attribute. */
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
