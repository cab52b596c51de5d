/** openRoom by a message, with our dependencies used and bundled as their documentation has it. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { answerBatch, type QueueEvent, readRoom } from './door.ts';
import { createSession } from './naive-platform.ts';
import { findSession, openTable } from './naive-table.ts';
import { readSecret } from './secret.ts';

const bus = new EventBridgeClient({});

export async function handler(event: QueueEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const room = readRoom(event);
  let sessionId = await findSession(room);
  if (!sessionId) {
    sessionId = await createSession(apiKey, apiSecret);
    await openTable().send(
      new PutItemCommand({
        TableName: process.env['ROOMS_TABLE'],
        Item: {
          room: { S: room },
          item: { S: 'room' },
          sessionId: { S: sessionId },
          projectId: { S: apiKey },
        },
        ConditionExpression: 'attribute_not_exists(sessionId)',
      }),
    );
  }
  const result = {
    EventBusName: 'results',
    Source: 'bench',
    DetailType: 'Room Opened',
    Detail: JSON.stringify({ room, sessionId }),
  };
  await bus.send(new PutEventsCommand({ Entries: [result] }));
  return answerBatch();
}
