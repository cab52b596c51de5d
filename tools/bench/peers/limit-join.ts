/** A token for a room that there is, with no SDK and no library. */
import { answerCreated, buildClaims, type HttpEvent, readTokenRequest } from './door.ts';
import { callTable, readSecret, signToken } from './hand-made.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const Key = { room: { S: event.pathParameters?.name ?? '' }, item: { S: 'room' } };
  const { Item } = await callTable('GetItem', { Key, ConsistentRead: true });
  const request = { ...readTokenRequest(event), sessionId: Object(Item).sessionId.S };
  const token = signToken(buildClaims(apiKey, request), apiSecret);
  return answerCreated({ token, sessionId: request.sessionId });
}
