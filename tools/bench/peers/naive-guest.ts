/** joinAsGuest with our dependencies used and bundled as their documentation has it. */
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { answerCreated, buildClaims } from './door.ts';
import { type GuestEvent, isRight, readGuest, toRequest } from './guest.ts';
import { signToken } from './naive-sign.ts';
import { findSession, openTable } from './naive-table.ts';
import { readSecret } from './secret.ts';

export async function handler(event: GuestEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const asked = readGuest(event);
  const Key = { room: { S: asked.room }, item: { S: `invite#${asked.id}` } };
  const TableName = process.env['ROOMS_TABLE'];
  const found = await openTable().send(
    new GetItemCommand({ TableName, Key, ConsistentRead: true }),
  );
  const hash = found.Item?.['secretHash']?.B ?? new Uint8Array(32);
  const sessionId = (await findSession(asked.room)) ?? '';
  await openTable().send(
    new UpdateItemCommand({
      TableName,
      Key: { room: { S: `source#${asked.source}` }, item: { S: `minute#${Date.now() / 60_000}` } },
      UpdateExpression: 'ADD requests :one',
      ConditionExpression: 'attribute_not_exists(requests) OR requests < :limit',
      ExpressionAttributeValues: { ':one': { N: '1' }, ':limit': { N: '30' } },
    }),
  );
  if (!isRight(asked.secret, hash)) throw new Error('No such invite.');
  await openTable().send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'ADD guests :guests',
      ConditionExpression: 'attribute_not_exists(guests) OR size(guests) < maxGuests',
      ExpressionAttributeValues: { ':guests': { BS: [asked.guestHash] } },
    }),
  );
  const request = toRequest(asked, sessionId);
  const token = await signToken(buildClaims(apiKey, request), apiSecret);
  return answerCreated({ token, sessionId, guest: asked.guest });
}
