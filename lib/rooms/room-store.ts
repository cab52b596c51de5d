/**
 * The table of rooms in DynamoDB. The one file that knows its SDK; every call is bounded in time.
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { OutOfTime, type RemainingMs, timeToWaitMs } from '../domain/deadline.ts';
import { describeThrown, Fault, misconfigured } from '../domain/faults.ts';
import type { Room } from '../domain/room.ts';
import { tryWithin } from './attempts.ts';
import { fromItem, toItem } from './room-item.ts';

/**
 * Errors that a retry does not heal: someone must change the deployment. All others count as
 * DynamoDB being out of reach. Source: DynamoDB developer guide, "Error handling".
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

/** With all attempts and pauses. */
const CALL_TIMEOUT_MS = 3_000;

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface RoomStore {
  /** Reads what is true now, not a moment ago. Throws Fault `RoomMalformedError` as well. */
  readonly get: (name: string, remainingMs: RemainingMs) => Promise<Room | undefined>;
  /**
   * Puts a room where there is none, or in place of the one given.
   * @returns false when there is another room by now, or this very one by an attempt before
   */
  readonly put: (
    room: Room,
    replaced: Room | undefined,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /** Removes a room, if there is one. */
  readonly remove: (name: string, remainingMs: RemainingMs) => Promise<void>;
}

export interface RoomStoreOptions {
  readonly table: string;
  /** By default AWS's own in the function's region. */
  readonly endpoint: string | undefined;
}

export function createRoomStore({ table, endpoint }: RoomStoreOptions): RoomStore {
  const client = new DynamoDBClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 1,
  });
  const call = async <Result>(
    remainingMs: RemainingMs,
    send: (options: { readonly abortSignal: AbortSignal }) => Promise<Result>,
  ): Promise<Result> => {
    const timeoutMs = timeToWaitMs(remainingMs, CALL_TIMEOUT_MS);
    try {
      return await tryWithin({ timeoutMs, isTransient }, (abortSignal) => send({ abortSignal }));
    } catch (error) {
      throw error instanceof ConditionalCheckFailedException ? error : toFault(error, table);
    }
  };

  return {
    get: async (name, remainingMs) => {
      const command = new GetItemCommand({
        TableName: table,
        Key: { name: { S: name } },
        ConsistentRead: true,
      });
      const { Item } = await call(remainingMs, (options) => client.send(command, options));
      return Item && fromItem(Item);
    },
    put: async (room, replaced, remainingMs) => {
      const command = new PutItemCommand({
        TableName: table,
        Item: toItem(room),
        ExpressionAttributeNames: { '#name': 'name' },
        ...(replaced
          ? {
              ConditionExpression: 'attribute_not_exists(#name) OR sessionId = :replaced',
              ExpressionAttributeValues: { ':replaced': { S: replaced.sessionId } },
            }
          : { ConditionExpression: 'attribute_not_exists(#name)' }),
      });
      try {
        await call(remainingMs, (options) => client.send(command, options));
        return true;
      } catch (error) {
        // Maybe by an attempt of our own whose answer was lost; who reads the room then finds out.
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    remove: async (name, remainingMs) => {
      const command = new DeleteItemCommand({ TableName: table, Key: { name: { S: name } } });
      await call(remainingMs, (options) => client.send(command, options));
    },
  };
}

function isTransient(error: unknown): boolean {
  return !(error instanceof ConditionalCheckFailedException || isConfigurationError(error));
}

function isConfigurationError(error: unknown): boolean {
  return error instanceof Error && CONFIGURATION_ERRORS.has(error.name);
}

function toFault(error: unknown, table: string): Fault {
  const isLate = error instanceof OutOfTime;
  const what = isLate ? 'no answer in time' : describeThrown(error);
  const reason = `The table ${table} failed: ${what}`;
  if (isConfigurationError(error)) return misconfigured(reason, error);
  return new Fault('RoomStoreUnavailableError', 'The rooms are out of reach for the moment.', {
    reason,
    cause: error,
    retryAfterSeconds: 1,
  });
}
