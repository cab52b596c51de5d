/**
 * The table of rooms in DynamoDB. Every call is bounded in time.
 */

import {
  ConditionalCheckFailedException,
  DeleteItem$,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
  errorTypeRegistries,
  GetItem$,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { AwsJson1_0Protocol } from '@aws-sdk/core/protocols';
import { type RemainingMs, timeToWaitMs } from '../domain/deadline.ts';
import { Fault, misconfigured } from '../domain/faults.ts';
import type { Room } from '../domain/room.ts';
import { describeAwsFailure } from '../network/aws-errors.ts';
import { type Aws, type AwsOperation, createAwsService } from '../network/aws-operation.ts';
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

/** A healthy call takes some milliseconds, and throttling of a table on demand passes in seconds. */
const POLICY = {
  maxRetries: Number.POSITIVE_INFINITY,
  attemptTimeoutMs: 1_000,
  firstPauseMs: 25,
  longestPauseMs: 400,
};
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
  readonly endpoint: string;
}

export function createRoomStore(aws: Aws, { table, endpoint }: RoomStoreOptions): RoomStore {
  const protocol = new AwsJson1_0Protocol({
    defaultNamespace: 'com.amazonaws.dynamodb',
    serviceTarget: 'DynamoDB_20120810',
    errorTypeRegistries,
  });
  const service = { endpoint, signingName: 'dynamodb', protocol, policy: POLICY };
  const makeOperation = createAwsService(aws, service);
  const getItem = makeOperation<GetItemCommandInput, GetItemCommandOutput>(GetItem$);
  const putItem = makeOperation<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  const deleteItem = makeOperation<DeleteItemCommandInput, DeleteItemCommandOutput>(DeleteItem$);

  const call = async <Input extends object, Output>(
    operation: AwsOperation<Input, Output>,
    input: Input,
    remainingMs: RemainingMs,
  ): Promise<Output> => {
    try {
      return await operation(input, timeToWaitMs(remainingMs, CALL_TIMEOUT_MS));
    } catch (error) {
      throw error instanceof ConditionalCheckFailedException ? error : toFault(error, table);
    }
  };

  return {
    get: async (name, remainingMs) => {
      const input = { TableName: table, Key: { name: { S: name } }, ConsistentRead: true };
      const { Item } = await call(getItem, input, remainingMs);
      return Item && fromItem(Item);
    },
    put: async (room, replaced, remainingMs) => {
      const input = {
        TableName: table,
        Item: toItem(room),
        ExpressionAttributeNames: { '#name': 'name' },
        ...(replaced
          ? {
              ConditionExpression: 'attribute_not_exists(#name) OR sessionId = :replaced',
              ExpressionAttributeValues: { ':replaced': { S: replaced.sessionId } },
            }
          : { ConditionExpression: 'attribute_not_exists(#name)' }),
      };
      try {
        await call(putItem, input, remainingMs);
        return true;
      } catch (error) {
        // Maybe by an attempt of our own whose answer was lost; who reads the room then finds out.
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    remove: async (name, remainingMs) => {
      const input = { TableName: table, Key: { name: { S: name } } };
      await call(deleteItem, input, remainingMs);
    },
  };
}

function isConfigurationError(error: unknown): boolean {
  return error instanceof Error && CONFIGURATION_ERRORS.has(error.name);
}

function toFault(error: unknown, table: string): Fault {
  const reason = `The table ${table} failed: ${describeAwsFailure(error)}`;
  if (isConfigurationError(error)) return misconfigured(reason, error);
  return new Fault('RoomStoreUnavailableError', 'The rooms are out of reach for the moment.', {
    reason,
    cause: error,
    retryAfterSeconds: 1,
  });
}
