import {
  DynamoDBClient,
  GetItemCommand,
  type Put,
  PutItemCommand,
  type PutItemCommandInput,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localAws } from '../../stand-ins/aws-environment.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../stand-ins/dynamodb.ts';

const key = { room: { S: 'standup' }, item: { S: 'room' } };
const Item = { ...key, sessionId: { S: 'first' } };
const onlyFirst: PutItemCommandInput = {
  TableName: 'Rooms',
  Item,
  ConditionExpression: 'attribute_not_exists(#room)',
  ExpressionAttributeNames: { '#room': 'room' },
};
const getStandup = () => new GetItemCommand({ TableName: 'Rooms', Key: key });

let dynamoDb: DynamoDb;
let client: DynamoDBClient;

/** The real SDK. Default: one attempt, no retries. */
function connect(secretAccessKey: string = localAws.secretAccessKey, maxAttempts = 1) {
  const credentials = { accessKeyId: localAws.accessKeyId, secretAccessKey };
  const { region } = localAws;
  return new DynamoDBClient({ endpoint: dynamoDb.url, region, credentials, maxAttempts });
}

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  client = connect();
});
afterEach(async () => {
  client.destroy();
  await dynamoDb.close();
});

describe('DynamoDB on this machine', () => {
  it('keeps what was put', async () => {
    expect(await client.send(getStandup())).not.toHaveProperty('Item');
    await client.send(new PutItemCommand(onlyFirst));
    expect(await client.send(getStandup())).toMatchObject({ Item });
    expect(dynamoDb.requests.map(({ operation }) => operation)).toEqual([
      'GetItem',
      'PutItem',
      'GetItem',
    ]);
  });

  it('lets one of many conditional puts win', async () => {
    const puts = Array.from({ length: 50 }, () => client.send(new PutItemCommand(onlyFirst)));
    const ends = await Promise.allSettled(puts);
    const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.name] : []));
    expect(lost).toEqual(new Array(49).fill('ConditionalCheckFailedException'));
  });

  it('refuses a wrong signature', async () => {
    const stranger = connect('wrong');
    await expect(stranger.send(getStandup())).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidSignatureException' }),
    );
    stranger.destroy();
  });

  it('knows no table that was not asked for', async () => {
    const command = new GetItemCommand({ TableName: 'Other', Key: key });
    await expect(client.send(command)).rejects.toThrow(
      expect.objectContaining({ name: 'ResourceNotFoundException' }),
    );
  });

  it.each([
    [dynamoFaults.throughputExceeded, 'ProvisionedThroughputExceededException'],
    [dynamoFaults.throttling, 'ThrottlingException'],
    [dynamoFaults.accessDenied, 'AccessDeniedException'],
    [dynamoFaults.internal, 'InternalServerError'],
  ] as const)('fails as the service does: %#', async (fault, name) => {
    dynamoDb.fail(fault);
    await expect(client.send(getStandup())).rejects.toThrow(expect.objectContaining({ name }));
    await client.send(getStandup());
  });

  it('applies a request although its response is cut off', async () => {
    dynamoDb.fail({ kind: 'truncated' });
    await expect(client.send(new PutItemCommand(onlyFirst))).rejects.toThrow();
    expect(await client.send(getStandup())).toMatchObject({ Item });
  });

  it('does not carry out a request that is reset', async () => {
    dynamoDb.fail({ kind: 'reset' });
    await expect(client.send(new PutItemCommand(onlyFirst))).rejects.toThrow();
    expect(await client.send(getStandup())).not.toHaveProperty('Item');
  });

  it('finishes what is under way before it closes', async () => {
    const puts = Array.from({ length: 20 }, () =>
      dynamoDb.ask('PutItem', { TableName: 'Rooms', Item }),
    );
    await dynamoDb.close();
    expect(await Promise.all(puts)).toHaveLength(20);
  });

  it('can be closed twice', async () => {
    await dynamoDb.close();
    await dynamoDb.close();
  });

  describe('in a transaction', () => {
    const other = { ...key, item: { S: 'other' } };
    const transact = (token?: string, condition = 'attribute_not_exists(#room)') =>
      client.send(
        new TransactWriteItemsCommand({
          ...(token && { ClientRequestToken: token }),
          TransactItems: [
            { Put: { ...onlyFirst, ConditionExpression: condition } as Put },
            {
              Update: {
                TableName: 'Rooms',
                Key: other,
                UpdateExpression: 'ADD held :one',
                ExpressionAttributeValues: { ':one': { N: '1' } },
              },
            },
          ],
        }),
      );
    const held = async () => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: 'Rooms', Key: other }),
      );
      return item?.['held']?.N;
    };

    it('writes all items', async () => {
      await transact();
      expect([(await client.send(getStandup())).Item, await held()]).toEqual([Item, '1']);
    });

    it('writes none if a condition fails, and says which', async () => {
      await client.send(new PutItemCommand(onlyFirst));
      const error = await transact().catch((thrown) => thrown);
      expect(error.name).toBe('TransactionCanceledException');
      expect(error.CancellationReasons).toEqual([
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
        { Code: 'None' },
      ]);
      expect(await held()).toBeUndefined();
    });

    it('is applied once for one token', async () => {
      await transact('token', 'attribute_exists(#room) OR attribute_not_exists(#room)');
      await transact('token', 'attribute_exists(#room) OR attribute_not_exists(#room)');
      expect(await held()).toBe('1');
      const { name } = await transact('token').catch((thrown) => thrown);
      expect(name).toBe('IdempotentParameterMismatchException');
    });

    it('conflicts with a transaction and a single write to the same item, and leaves no trace then', async () => {
      const always = 'attribute_exists(#room) OR attribute_not_exists(#room)';
      const all = await Promise.allSettled([
        ...Array.from({ length: 20 }, () => transact(undefined, always)),
        ...Array.from({ length: 20 }, () =>
          client.send(new PutItemCommand({ TableName: 'Rooms', Item })),
        ),
      ]);
      const failures = all.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      expect(new Set(failures.map(({ name }) => name))).toContain('TransactionCanceledException');
      for (const { name, CancellationReasons: [reason] = [{ Code: name }] } of failures) {
        expect(['TransactionConflict', 'TransactionConflictException']).toContain(reason.Code);
      }
      const applied = all.slice(0, 20).filter(({ status }) => status === 'fulfilled').length;
      expect(await held()).toBe(applied === 0 ? undefined : String(applied));
    });
  });
});
