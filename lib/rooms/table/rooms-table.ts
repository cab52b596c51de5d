/**
 * The table of rooms in DynamoDB: how any call to it is made, bounded in time, and how it fails. One
 * room is one partition, so that whatever belongs to it is found by one query and removed with it.
 */
import { ConditionalCheckFailedException, errorTypeRegistries } from '@aws-sdk/client-dynamodb';
import { AwsJson1_0Protocol } from '@aws-sdk/core/protocols';
import type { MetadataBearer, StaticOperationSchema } from '@smithy/types';
import { type RemainingMs, timeToWaitMs } from '../../domain/deadline.ts';
import { type Fault, misconfigured } from '../../domain/faults.ts';
import { describeAwsFailure } from '../../network/aws-errors.ts';
import { type Aws, createAwsService } from '../../network/aws-operation.ts';
import { roomFault } from '../faults.ts';

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

/**
 * Throws Fault `RoomStoreUnavailableError` or `ConfigurationError`, and
 * ConditionalCheckFailedException (see `isDone`).
 */
export type TableCall<Input extends object, Output> = (
  input: Omit<Input, 'TableName'>,
  remainingMs: RemainingMs,
) => Promise<Output>;

export interface RoomsTable {
  /** @returns what calls one operation, of its schema */
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
          return await operation(named, timeToWaitMs(remainingMs, CALL_TIMEOUT_MS));
        } catch (error) {
          throw error instanceof ConditionalCheckFailedException ? error : toFault(error, table);
        }
      };
    },
  };
}

/**
 * Whether a conditional write was made. What was not made may still have been, by an attempt whose
 * answer was lost; who reads the item then finds out.
 */
export async function isDone(write: Promise<unknown>): Promise<boolean> {
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
