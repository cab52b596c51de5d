/**
 * TransactWriteItems for a database without transactions: writes all items or none, and rejects what conflicts.
 *
 * A transaction locks its items while it runs. Another transaction on one of them is canceled with
 * `TransactionConflict`, and a single write to one of them is rejected with `TransactionConflictException`, as in the
 * real service. Reads wait until no transaction runs, so they see all of its writes or none.
 * Source: DynamoDB API reference, "TransactWriteItems"; developer guide, "Amazon DynamoDB Transactions".
 */
import type { Answer } from './faults.ts';

interface DatabaseRequest {
  readonly operation: string;
  readonly body: string;
}
type Forward = (request: DatabaseRequest) => Promise<Answer>;
type ToError = (type: string, message: string, status?: number, more?: object) => Answer;

type Item = Readonly<Record<string, unknown>>;
/** The input of one write. */
interface Write {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}
interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

const OPERATIONS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  // An update without an expression changes nothing of an item that exists.
  ConditionCheck: 'UpdateItem',
};
const READS = new Set(['Query', 'Scan', 'GetItem', 'BatchGetItem']);
const SINGLE_WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);
const MAX_WRITES = 100;
export function createTransactions(forward: Forward, toError: ToError): Forward {
  /** Items that a transaction or a single write is writing. */
  const locked = new Set<string>();
  /** Parameters by token. A token is valid for ten minutes; a test ends earlier. */
  const done = new Map<string, string>();
  /** How many single writes run, by item. */
  const singly = new Map<string, number>();
  const transactions = new Set<Promise<unknown>>();
  const reads = new Set<Promise<unknown>>();

  const canceled = (reasons: readonly Reason[]): Answer => {
    const codes = reasons.map(({ Code }) => Code).join(', ');
    const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
    return toError('TransactionCanceledException', message, 400, { CancellationReasons: reasons });
  };

  /** Writes all, or puts back what was there before. */
  const run = async (writes: readonly [kind: string, write: Write][]): Promise<Answer> => {
    const before: (Item | undefined)[] = [];
    const reasons: Reason[] = [];
    for (const [kind, write] of writes) {
      const old = await read(forward, write);
      before.push(old);
      const answer = await forward({
        operation: OPERATIONS[kind] as string,
        body: JSON.stringify({ ...write, ReturnValuesOnConditionCheckFailure: undefined }),
      });
      reasons.push(toReason(answer, write, old));
    }
    if (reasons.every(({ Code }) => Code === 'None')) return ok();
    for (const [index, [, write]] of writes.entries()) await putBack(forward, write, before[index]);
    return canceled(reasons);
  };

  const transact = async (body: string): Promise<Answer> => {
    const { TransactItems = [], ClientRequestToken: token } = JSON.parse(body);
    const text = JSON.stringify(TransactItems);
    const writes = (TransactItems as object[]).map(
      (one) => Object.entries(one)[0] as [string, Write],
    );
    const keys = writes.map(([, write]) => toLockKey(write));
    const areKnown = writes.every(([kind]) => Object.hasOwn(OPERATIONS, kind));
    if (!areKnown || writes.length === 0 || writes.length > MAX_WRITES) {
      return toError('ValidationException', `There must be 1 to ${MAX_WRITES} known writes.`);
    }
    if (new Set(keys).size !== keys.length) {
      const message = 'Transaction request cannot include multiple operations on one item';
      return toError('ValidationException', message);
    }
    if (token !== undefined && done.has(token)) {
      if (done.get(token) === text) return ok();
      return toError('IdempotentParameterMismatchException', 'The token had other parameters.');
    }
    if (keys.some((key) => locked.has(key))) {
      const conflict = (key: string): Reason =>
        locked.has(key)
          ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
          : { Code: 'None' };
      return canceled(keys.map(conflict));
    }
    for (const key of keys) locked.add(key);
    try {
      // A read that began before must not see what is put back.
      await Promise.allSettled(reads);
      const answer = await run(writes);
      if (answer.status === 200 && token !== undefined) done.set(token, text);
      return answer;
    } finally {
      for (const key of keys) locked.delete(key);
    }
  };

  const writeSingly = async (request: DatabaseRequest): Promise<Answer> => {
    const key = toLockKey(JSON.parse(request.body));
    // Single writes to one item conflict with transactions only, not with each other.
    if (locked.has(key) && !singly.has(key)) {
      return toError('TransactionConflictException', 'Transaction is ongoing for the item');
    }
    singly.set(key, (singly.get(key) ?? 0) + 1);
    locked.add(key);
    try {
      return await forward(request);
    } finally {
      const left = (singly.get(key) ?? 1) - 1;
      if (left > 0) singly.set(key, left);
      else {
        singly.delete(key);
        locked.delete(key);
      }
    }
  };

  return async (request) => {
    const { operation, body } = request;
    if (operation === 'TransactWriteItems') return track(transactions, transact(body));
    if (SINGLE_WRITES.has(operation)) return writeSingly(request);
    if (!READS.has(operation)) return forward(request);
    await Promise.allSettled(transactions);
    return track(reads, forward(request));
  };
}

function track<Result>(set: Set<Promise<unknown>>, promise: Promise<Result>): Promise<Result> {
  set.add(promise);
  return promise.finally(() => set.delete(promise));
}

function ok(): Answer {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: '{}' };
}

function toKey({ Key, Item: item }: Write): Item {
  return Key ?? { room: item?.['room'], item: item?.['item'] };
}

function toLockKey(write: Write): string {
  const { room, item } = toKey(write) as { room: unknown; item: unknown };
  return JSON.stringify([write.TableName, room, item]);
}

async function read(forward: Forward, write: Write): Promise<Item | undefined> {
  const { body = '{}' } = await forward({
    operation: 'GetItem',
    body: JSON.stringify({ TableName: write.TableName, Key: toKey(write), ConsistentRead: true }),
  });
  return JSON.parse(body).Item;
}

async function putBack(forward: Forward, write: Write, old: Item | undefined): Promise<void> {
  const { TableName } = write;
  await forward(
    old
      ? { operation: 'PutItem', body: JSON.stringify({ TableName, Item: old }) }
      : { operation: 'DeleteItem', body: JSON.stringify({ TableName, Key: toKey(write) }) },
  );
}

function toReason({ status, body = '' }: Answer, write: Write, old: Item | undefined): Reason {
  if (status === 200) return { Code: 'None' };
  const { __type = '', message, Message = message } = JSON.parse(body);
  if (!String(__type).endsWith('ConditionalCheckFailedException')) {
    return { Code: 'ValidationError', Message };
  }
  const isReturned = write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && old !== undefined;
  return {
    Code: 'ConditionalCheckFailed',
    Message: 'The conditional request failed',
    ...(isReturned && { Item: old }),
  };
}
