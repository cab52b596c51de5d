/** The table with the SDK's client. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

let client: DynamoDBClient | undefined;

/** The table's client, made once. */
export function openTable(): DynamoDBClient {
  client ??= new DynamoDBClient({});
  return client;
}

export async function findSession(room: string): Promise<string | undefined> {
  const command = new GetItemCommand({
    TableName: process.env['ROOMS_TABLE'],
    Key: { room: { S: room }, item: { S: 'room' } },
    ConsistentRead: true,
  });
  return (await openTable().send(command)).Item?.['sessionId']?.S;
}
