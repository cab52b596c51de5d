/** receiveCallback with our dependencies used and bundled as their documentation has it. */
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { jwtVerify } from 'jose';
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
import { openTable } from './naive-table.ts';
import { readSecret } from './secret.ts';

const bus = new EventBridgeClient({});

export async function handler(event: CallbackEvent): Promise<object> {
  const secret = await readSecret();
  const key = new TextEncoder().encode(readCallbackSecret(secret));
  const { payload } = await jwtVerify(readToken(event), key, { algorithms: ['HS256'] });
  const payloadHash = hashBody(event);
  if (payload['payload_hash'] !== payloadHash) throw new Error('Another body.');
  const connected = readConnected(event);
  if (connected.projectId !== secret['apiKey']) throw new Error('Another project.');
  const { sessionId, connectionId, sub } = connected;
  const TableName = process.env['ROOMS_TABLE'];
  const read = async (Key: ReturnType<typeof toSessionKey>) =>
    (await openTable().send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
  const room = (await read(toSessionKey(sessionId, 'session')))?.['roomName']?.S ?? '';
  for (const Item of toItems(connected)) {
    await openTable().send(new PutItemCommand({ TableName, Item }));
  }
  if (await read(toSessionKey(sessionId, `gone#${connectionId}`))) return answerDone();
  await openTable().send(new UpdateItemCommand({ TableName, ...toClaim(payloadHash, 'claimed') }));
  const created = {
    EventBusName: 'results',
    Source: 'bench',
    DetailType: 'Connection Created',
    Detail: JSON.stringify({ sessionId, room, connectionId, sub }),
  };
  await bus.send(new PutEventsCommand({ Entries: [created] }));
  await openTable().send(
    new UpdateItemCommand({ TableName, ...toClaim(payloadHash, 'published') }),
  );
  if (await read({ room: { S: room }, item: { S: `ban#${sub}` } })) throw new Error('Banned.');
  return answerDone();
}
