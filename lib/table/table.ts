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
  Query$,
  type QueryCommandInput,
  type QueryCommandOutput,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItems$,
  type TransactWriteItemsCommandInput,
  type TransactWriteItemsCommandOutput,
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
/** A transaction takes a few times as long as a single write. */
const CONFLICT_PAUSE_MS = 20;
/** Timeout of one call, with all attempts and pauses. */
const CALL_TIMEOUT_MS = 3_000;

/**
 * Throws the table's own Fault for an outage, Fault `ConfigurationError`, ConditionalCheckFailedException
 * (see `wasApplied`), and TransactionCanceledException (see `createTransact`).
 */
export type TableCall<Input extends object, Output> = (
  input: Omit<Input, 'TableName'>,
  remainingMs: RemainingMs,
) => Promise<Output>;

export interface Table {
  /** Name or ARN; a transaction names the table in each of its writes. */
  readonly name: string;
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
    name: table,
    createCall: <Input extends object, Output extends MetadataBearer>(
      schema: StaticOperationSchema,
    ): TableCall<Input, Output> => {
      const operation = makeOperation<Omit<Input, 'TableName'>, Output>(schema);
      const call: TableCall<Input, Output> = async (input, remainingMs) => {
        try {
          const named = { TableName: table, ...input };
          return await operation(named, capTimeoutMs(remainingMs, CALL_TIMEOUT_MS));
        } catch (error) {
          if (error instanceof TransactionConflictException) {
            // A transaction was writing the item. The end of the invocation ends the retries.
            await aws.timing.pause(CONFLICT_PAUSE_MS * (1 + aws.timing.random()));
            return call(input, remainingMs);
          }
          if (error instanceof ConditionalCheckFailedException) throw error;
          if (error instanceof TransactionCanceledException && isUndecided(error)) throw error;
          const reason = `The table ${table} failed: ${describeAwsFailure(error)}`;
          if (isConfigurationError(error)) throw misconfigured(reason, error);
          throw toUnavailable({ reason, cause: error });
        }
      };
      return call;
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

type WriteOf<Kind extends keyof TransactWriteItem> = Omit<
  NonNullable<TransactWriteItem[Kind]>,
  'TableName'
>;

/** One write of a transaction, to an item of the table. */
export type TransactedWrite =
  | { readonly Put: WriteOf<'Put'> }
  | { readonly Update: WriteOf<'Update'> }
  | { readonly Delete: WriteOf<'Delete'> }
  | { readonly ConditionCheck: WriteOf<'ConditionCheck'> };

/**
 * What became of a transaction. `conflict`: another write to one of the items was under way, so a retry after
 * a pause can succeed. `rejected`: which conditions failed, in the order of the writes.
 */
export type TransactOutcome =
  | { readonly outcome: 'applied' }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'rejected'; readonly failed: readonly boolean[] };

/** DynamoDB accepts at most this many writes in a transaction. */
export const MAX_TRANSACTED = 100;

/**
 * Writes all items or none: each write costs two units. A retry after a lost response has the same token, so it
 * is applied once. Throws what a call throws.
 */
export type Transact = (
  writes: readonly TransactedWrite[],
  remainingMs: RemainingMs,
) => Promise<TransactOutcome>;

/** @param newToken returns a new idempotency token of 1 to 36 characters */
export function createTransact({ createCall, name }: Table, newToken: () => string): Transact {
  const transactWrite = createCall<TransactWriteItemsCommandInput, TransactWriteItemsCommandOutput>(
    TransactWriteItems$,
  );
  return async (writes, remainingMs) => {
    const TransactItems = writes.map((write) => {
      const [[kind, input] = []] = Object.entries(write);
      return { [kind as string]: { TableName: name, ...input } };
    });
    try {
      await transactWrite({ TransactItems, ClientRequestToken: newToken() }, remainingMs);
      return { outcome: 'applied' };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const failed = (error.CancellationReasons ?? []).map(({ Code }) => Code === CONDITION_FAILED);
      return failed.includes(true) ? { outcome: 'rejected', failed } : { outcome: 'conflict' };
    }
  };
}

/** The reasons of a canceled transaction. Source: DynamoDB API reference, "TransactWriteItems". */
const CONDITION_FAILED = 'ConditionalCheckFailed';
const UNDECIDED: ReadonlySet<string> = new Set([
  'None',
  CONDITION_FAILED,
  'TransactionConflict',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
]);

/** Whether a canceled transaction can succeed later. The other reasons are errors in its writes. */
function isUndecided({ CancellationReasons = [] }: TransactionCanceledException): boolean {
  return (
    CancellationReasons.length > 0 &&
    CancellationReasons.every(({ Code = '' }) => UNDECIDED.has(Code))
  );
}

/** Reads an item with strong consistency. Throws what a call throws. */
export type ReadItem = (key: Item, remainingMs: RemainingMs) => Promise<Item | undefined>;

export function createReadItem({ createCall }: Table): ReadItem {
  const getItem = createCall<GetItemCommandInput, GetItemCommandOutput>(GetItem$);
  return async (key, remainingMs) =>
    (await getItem({ Key: key, ConsistentRead: true }, remainingMs)).Item;
}

/**
 * Queries the table page by page, with strong consistency.
 *
 * @param limit Stops after this many items. Default: all.
 */
export type QueryItems = (
  query: Omit<QueryCommandInput, 'TableName' | 'ConsistentRead' | 'ExclusiveStartKey'>,
  remainingMs: RemainingMs,
  limit?: number,
) => Promise<Item[]>;

export function createQueryItems({ createCall }: Table): QueryItems {
  const call = createCall<QueryCommandInput, QueryCommandOutput>(Query$);
  return async (query, remainingMs, limit = Number.POSITIVE_INFINITY) => {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const input = {
        ...query,
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      };
      const page = await call(input, remainingMs);
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start && items.length < limit);
    return items.slice(0, limit);
  };
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
