/** An invite as it lies in the table, for tests that begin with one. */
import { randomBytes } from 'node:crypto';
import { hashInviteSecret } from '../../lib/rooms/domain/invite-secret.ts';
import type { DynamoDb } from '../../stand-ins/dynamodb.ts';

export interface StoredInvite {
  readonly room: string;
  /** Of the room that it is for. */
  readonly sessionId: string;
  /** Replaces attributes, or removes those that are `undefined`. */
  readonly changed?: Readonly<Record<string, object | undefined>>;
}

/** @returns the text that a link carries */
export async function storeInvite(
  dynamoDb: Pick<DynamoDb, 'ask'>,
  { room, sessionId, changed = {} }: StoredInvite,
): Promise<string> {
  const inviteId = randomBytes(12).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  const nowSeconds = Math.floor(Date.now() / 1000);
  const item = {
    room: { S: room },
    item: { S: `invite#${inviteId}` },
    sessionId: { S: sessionId },
    secretHash: { B: Buffer.from(hashInviteSecret(secret)).toString('base64') },
    role: { S: 'publisher' },
    expiresAt: { N: String(nowSeconds + 3_600) },
    maxGuests: { N: '1000' },
    createdAtMs: { N: String(nowSeconds * 1000) },
    ...changed,
  };
  const present = Object.entries(item).filter(([, value]) => value !== undefined);
  const Item = Object.fromEntries(present);
  await dynamoDb.ask('PutItem', { TableName: 'Rooms', Item });
  return `${room}.${inviteId}.${secret}`;
}
