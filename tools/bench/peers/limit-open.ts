/** A room opened by a message, with no SDK and no library. */
import { answerBatch, type QueueEvent, readRoom } from './door.ts';
import { callTable, createSession, publish, readSecret } from './hand-made.ts';

export async function handler(event: QueueEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const room = readRoom(event);
  const key = { room: { S: room }, item: { S: 'room' } };
  const { Item } = await callTable('GetItem', { Key: key, ConsistentRead: true });
  const sessionId = Item
    ? Object(Item).sessionId.S
    : await createSession(apiKey, apiSecret).then(async (made) => {
        const Item = { ...key, sessionId: { S: made }, projectId: { S: apiKey } };
        const ConditionExpression = 'attribute_not_exists(sessionId)';
        await callTable('PutItem', { Item, ConditionExpression });
        return made;
      });
  await publish('Room Opened', { room, sessionId });
  return answerBatch();
}
