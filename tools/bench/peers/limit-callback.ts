/** A callback that becomes an event, with no SDK and no library. */
import { createHmac } from 'node:crypto';
import {
  answerDone,
  type CallbackEvent,
  hashBody,
  readCallbackSecret,
  readConnected,
  readToken,
  toClaim,
  toItems,
  toSessionKey,
} from './callback.ts';
import { callTable, publish, readSecret } from './hand-made.ts';

export async function handler(event: CallbackEvent): Promise<object> {
  const secret = await readSecret();
  const [header, claims, signature] = readToken(event).split('.');
  const right = createHmac('sha256', readCallbackSecret(secret)).update(`${header}.${claims}`);
  if (right.digest('base64url') !== signature) throw new Error('Another secret.');
  const payloadHash = hashBody(event);
  const payload = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString());
  if (payload.payload_hash !== payloadHash) throw new Error('Another body.');
  const connected = readConnected(event);
  if (connected.projectId !== secret['apiKey']) throw new Error('Another project.');
  const { sessionId, connectionId, sub } = connected;
  const read = async (Key: object) =>
    (await callTable('GetItem', { Key, ConsistentRead: true }))['Item'];
  const room = Object(await read(toSessionKey(sessionId, 'session'))).roomName?.S ?? '';
  await Promise.all(toItems(connected).map((Item) => callTable('PutItem', { Item })));
  if (await read(toSessionKey(sessionId, `gone#${connectionId}`))) return answerDone();
  await callTable('UpdateItem', toClaim(payloadHash, 'claimed'));
  await publish('Connection Created', { sessionId, room, connectionId, sub });
  await callTable('UpdateItem', toClaim(payloadHash, 'published'));
  if (await read({ room: { S: room }, item: { S: `ban#${sub}` } })) throw new Error('Banned.');
  return answerDone();
}
