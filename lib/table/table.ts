/**
 * A table in DynamoDB: its calls, their timeouts and errors. Knows nothing about what the items are.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  errorTypeRegistries,
  GetItem$,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { AwsJson1_0Protocol } from '@aws-sdk/core/protocols';
import type { MetadataBearer, StaticOperationSchema } from '@smithy/types';
import { capTimeoutMs, type RemainingMs } from '../domain/deadline.ts';
import { type Fault, misconfigured } from '../domain/faults.ts';
import { describeAwsFailure } from '../network/aws-errors.ts';
import { type Aws, createAwsService } from '../network/aws-operation.ts';

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
 * Throws the table's own Fault for an outage, Fault `ConfigurationError`, and ConditionalCheckFailedException
 * (see `wasApplied`).
 */
export type TableCall<Input extends object, Output> = (
  input: Omit<Input, 'TableName'>,
  remainingMs: RemainingMs,
) => Promise<Output>;

export interface Table {
  /** Returns a function that calls the operation of this schema. */
  readonly createCall: <Input extends object, Output extends MetadataBearer>(
    schema: StaticOperationSchema,
  ) => TableCall<Input, Output>;
}

export interface TableOptions {
  readonly table: string;
  readonly endpoint: string;
  /** Returns the error of an outage. */
  readonly toUnavailable: (options: { readonly reason: string; readonly cause: unknown }) => Fault;
}

export function createTable(aws: Aws, { table, endpoint, toUnavailable }: TableOptions): Table {
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
          if (error instanceof ConditionalCheckFailedException) throw error;
          const reason = `The table ${table} failed: ${describeAwsFailure(error)}`;
          if (isConfigurationError(error)) throw misconfigured(reason, error);
          throw toUnavailable({ reason, cause: error });
        }
      };
    },
  };
}

/**
 * Returns whether a conditional write was applied by its last attempt. After `false`, an earlier attempt
 * with a lost response may have applied it; only reading the item shows it.
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

/** Reads an item with strong consistency. Throws what a call throws. */
export type ReadItem = (key: Item, remainingMs: RemainingMs) => Promise<Item | undefined>;

export function createReadItem({ createCall }: Table): ReadItem {
  const getItem = createCall<GetItemCommandInput, GetItemCommandOutput>(GetItem$);
  return async (key, remainingMs) =>
    (await getItem({ Key: key, ConsistentRead: true }, remainingMs)).Item;
}

export type Condition = Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Condition: there is no item with this key. */
export const onlyIfAbsent: Condition = {
  ConditionExpression: 'attribute_not_exists(#room)',
  ExpressionAttributeNames: { '#room': 'room' },
};
