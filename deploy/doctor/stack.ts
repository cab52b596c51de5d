/**
 * What the deployed functions find around them: the table of rooms, the buses.
 */
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { Trouble } from './check.ts';

const KEYS = 'room,item';

/** @throws Trouble */
export async function checkTable(
  dynamoDb: DynamoDBClient,
  tableName: string,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new DescribeTableCommand({ TableName: tableName });
  const { Table } = await dynamoDb.send(command, { abortSignal });
  if (Table?.TableStatus !== 'ACTIVE') throw new Trouble(`${tableName} is ${Table?.TableStatus}`);
  const keys = (Table.KeySchema ?? []).map(({ AttributeName }) => AttributeName).join();
  if (keys !== KEYS) throw new Trouble(`${tableName} has the keys ${keys}, not ${KEYS}`);
  return `${tableName} is active`;
}

/** @throws what AWS says of the first that is not there */
export async function checkBuses(
  eventBridge: EventBridgeClient,
  buses: readonly string[],
  abortSignal: AbortSignal,
): Promise<string> {
  if (buses.length === 0) return 'none needed: no trigger is on';
  for (const Name of buses) {
    await eventBridge.send(new DescribeEventBusCommand({ Name }), { abortSignal });
  }
  return `${buses.join(', ')} can be reached`;
}

/** @throws Trouble */
export function checkTopics(topics: readonly string[], region: string): string {
  if (topics.length === 0) return 'none given';
  const far = topics.filter((topic) => topic.split(':')[3] !== region);
  if (far.length > 0) throw new Trouble(`${far.join(', ')} not in ${region}, where the stack is`);
  return `all in ${region}`;
}
