/** A token for a guest with a right invite, with no SDK and no library. */
import { answerCreated, buildClaims } from './door.ts';
import { type GuestEvent, isRight, readGuest, toRequest } from './guest.ts';
import { callTable, readSecret, signToken } from './hand-made.ts';

export async function handler(event: GuestEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const asked = readGuest(event);
  const Key = { room: { S: asked.room }, item: { S: `invite#${asked.id}` } };
  const found = await callTable('GetItem', { Key, ConsistentRead: true });
  const roomKey = { room: { S: asked.room }, item: { S: 'room' } };
  const { Item } = await callTable('GetItem', { Key: roomKey, ConsistentRead: true });
  await callTable('UpdateItem', {
    Key: { room: { S: `source#${asked.source}` }, item: { S: `minute#${Date.now() / 60_000}` } },
    UpdateExpression: 'ADD requests :one',
    ConditionExpression: 'attribute_not_exists(requests) OR requests < :limit',
    ExpressionAttributeValues: { ':one': { N: '1' }, ':limit': { N: '30' } },
  });
  const hash = Buffer.from(Object(found['Item']).secretHash.B, 'base64');
  if (!isRight(asked.secret, hash)) throw new Error('No such invite.');
  await callTable('UpdateItem', {
    Key,
    UpdateExpression: 'ADD guests :guests',
    ConditionExpression: 'attribute_not_exists(guests) OR size(guests) < maxGuests',
    ExpressionAttributeValues: { ':guests': { BS: [asked.guestHash.toString('base64')] } },
  });
  const request = toRequest(asked, Object(Item).sessionId.S);
  const token = signToken(buildClaims(apiKey, request), apiSecret);
  return answerCreated({ token, sessionId: request.sessionId, guest: asked.guest });
}
