/**
 * Checks the table of rooms, the buses and the topics.
 */
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CheckFailure } from './check.ts';

const KEYS = 'room,item';

/** @throws CheckFailure */
export async function checkTable(
  dynamoDb: DynamoDBClient,
  tableName: string,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new DescribeTableCommand({ TableName: tableName });
  const { Table } = await dynamoDb.send(command, { abortSignal });
  if (Table?.TableStatus !== 'ACTIVE')
    throw new CheckFailure(`${tableName} is ${Table?.TableStatus}`);
  const keys = (Table.KeySchema ?? []).map(({ AttributeName }) => AttributeName).join();
  if (keys !== KEYS) throw new CheckFailure(`${tableName} has the keys ${keys} instead of ${KEYS}`);
  return `${tableName} is active`;
}

/** @throws the error of AWS for the first bus that does not exist */
export async function checkBuses(
  eventBridge: EventBridgeClient,
  buses: readonly string[],
  abortSignal: AbortSignal,
): Promise<string> {
  if (buses.length === 0) return 'not needed, because no trigger is on';
  for (const Name of buses) {
    await eventBridge.send(new DescribeEventBusCommand({ Name }), { abortSignal });
  }
  return `${buses.join(', ')} exist`;
}

/** @throws CheckFailure */
export function checkTopics(topics: readonly string[], region: string): string {
  if (topics.length === 0) return 'none given';
  const far = topics.filter((topic) => topic.split(':')[3] !== region);
  if (far.length > 0)
    throw new CheckFailure(`${far.join(', ')} must be in ${region}, the region of the stack`);
  return `all in ${region}`;
}
