import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
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
});
