/**
 * Checks the table of rooms, the buses and the topics.
 */
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describeTableFaults } from '../prerequisites/table.js';
import { CheckFailure } from './check.ts';

export interface TableOptions {
  readonly dynamoDb: DynamoDBClient;
  readonly tableName: string;
  readonly region: string;
  readonly liveRooms: boolean;
}

/**
 * Checks keys and indexes of the table, as a deployment does for the table of `roomsTableName`.
 *
 * @throws CheckFailure
 */
export async function checkTable(
  { dynamoDb, tableName, region, liveRooms }: TableOptions,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new DescribeTableCommand({ TableName: tableName });
  const { Table = {} } = await dynamoDb.send(command, { abortSignal });
  const faults = describeTableFaults(Table, { values: { liveRooms }, region });
  if (faults.length > 0) throw new CheckFailure(faults.join(' '));
  return `${tableName} is active, with its keys and indexes`;
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
