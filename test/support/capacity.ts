/**
 * Counts the DynamoDB capacity units of calls, as the developer guide defines them: a read costs one unit
 * per 4 KiB of an item (half of that if eventually consistent, and one unit for an item that does not exist),
 * a query one per 4 KiB of all items together, a write one per KiB, also if its condition fails, and a write in a
 * transaction twice as much.
 */
import type { Aws } from '../../lib/network/aws-operation.ts';
import type { DynamoDb } from '../../stand-ins/dynamodb.ts';

type Value = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, Value>>;

export interface Capacity {
  readonly aws: Aws;
  /** Units since the last call of `reset`. */
  readonly read: () => number;
  readonly written: () => number;
  /** Operations and sort keys of the calls since the last call of `reset`. */
  readonly calls: () => readonly string[];
  readonly reset: () => void;
  /** Runs before each call is sent. */
  before: (() => Promise<unknown>) | undefined;
}

export function meterCapacity(aws: Aws, dynamoDb: Pick<DynamoDb, 'ask'>): Capacity {
  let read = 0;
  let written = 0;
  let calls: string[] = [];
  const capacity: Capacity = {
    before: undefined,
    aws: {
      ...aws,
      send: async (request) => {
        await capacity.before?.();
        const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
        const { body } = request;
        const input = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
        const response = await aws.send(request);
        const output = JSON.parse(response.body);
        const key = input.Key ?? toItemKey(input.Item);
        calls.push(`${operation} ${key.item?.S ?? ''}`.trim());
        if (operation === 'GetItem') {
          const units = Math.max(Math.ceil(sizeOf(output.Item) / 4096), 1);
          read += input.ConsistentRead ? units : units / 2;
        } else if (operation === 'Query') {
          // Items that the filter drops are read, and paid for, all the same.
          const { FilterExpression: filter } = input;
          const all = 'attribute_exists(expiresAt) OR attribute_not_exists(expiresAt)';
          const whole = filter && { FilterExpression: `${filter} OR ${all}` };
          const { Items } = await dynamoDb.ask('Query', { ...input, ...whole });
          const size = (Items as Item[]).reduce((sum, item) => sum + sizeOf(item), 0);
          read += Math.max(Math.ceil(size / 4096), 1);
        } else if (operation === 'TransactWriteItems') {
          for (const one of input.TransactItems as Record<string, TransactedInput>[]) {
            const [write] = Object.values(one);
            const { TableName, Key = toItemKey(write?.Item) } = write ?? {};
            const { Item } = await dynamoDb.ask('GetItem', { TableName, Key });
            written += 2 * Math.max(Math.ceil(sizeOf(Item as Item | undefined) / 1024), 1);
          }
        } else {
          const { TableName } = input;
          const { Item } = await dynamoDb.ask('GetItem', { TableName, Key: key });
          written += Math.max(Math.ceil(sizeOf(Item as Item | undefined) / 1024), 1);
        }
        return response;
      },
    },
    read: () => read,
    written: () => written,
    calls: () => calls,
    reset: () => {
      read = 0;
      written = 0;
      calls = [];
    },
  };
  return capacity;
}

interface TransactedInput {
  readonly TableName?: string;
  readonly Key?: object;
  readonly Item?: Item;
}

function toItemKey(item: Item | undefined) {
  return { room: item?.['room'], item: item?.['item'] } as Record<string, { S?: string }>;
}

/** Names count with their values. */
function sizeOf(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value),
    0,
  );
}

function sizeOfValue(value: Value): number {
  const [[type, content] = ['', '']] = Object.entries(value);
  const each = Array.isArray(content) ? content : [content];
  const toSize = (one: unknown) => {
    if (type.startsWith('N')) return Math.ceil(String(one).length / 2) + 1;
    return Buffer.byteLength(String(one), type.startsWith('B') ? 'base64' : 'utf8');
  };
  return each.reduce((sum: number, one) => sum + toSize(one), 0);
}
