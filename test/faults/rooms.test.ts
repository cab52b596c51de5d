import { describe } from 'vitest';
import { hashInviteSecret } from '../../lib/rooms/domain/invite-secret.ts';
import { toKnockId } from '../../lib/rooms/domain/knock.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { fullRoomItems } from '../rooms/full-room.ts';
import { startRooms, TABLE } from '../rooms/start-rooms.ts';
import type { StartOptions } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { type FaultyFunction, type Running, testFaults } from './fault-case.ts';
import { DENIED_SUBJECT, guestCases, INVITE, joinCases, roomRules } from './join-cases.ts';
import { listCases } from './list-cases.ts';
import { BANNED_SUBJECT, participantCases } from './participant-cases.ts';
import { FOREIGN_PROJECT, FOREIGN_ROOM, movedCases } from './room-cases.ts';

async function startWithForeignRoom(
  name: FaultyFunction,
  options: StartOptions | undefined,
): Promise<Running> {
  if (name !== 'joinRoom') throw new Error(`${name} does not use rooms.`);
  const rooms = await startRooms(name, options);
  const projectId = FOREIGN_PROJECT.apiKey;
  await rooms.dynamoDb.ask('PutItem', {
    TableName: TABLE,
    Item: {
      room: { S: FOREIGN_ROOM },
      item: { S: 'room' },
      sessionId: { S: mintSessionId({ projectId }) },
      projectId: { S: projectId },
      options: { S: '{}' },
      // A new room is newer than any read of the secret.
      createdAt: { N: String(Math.floor(Date.now() / 1000)) },
    },
  });
  return rooms;
}

async function startWithRooms(
  name: FaultyFunction,
  options: StartOptions | undefined,
): Promise<Running> {
  if (name === 'createSession' || name === 'issueToken' || name === 'receiveCallback')
    throw new Error(`${name} does not use rooms.`);
  const rooms = await startRooms(name, options);
  const sessionId = { S: mintSessionId({ projectId: OPENTOK_SECRET.apiKey }) };
  const put = (Item: object) => rooms.dynamoDb.ask('PutItem', { TableName: TABLE, Item });
  for (const [room, rules] of Object.entries(roomRules())) {
    const text = typeof rules === 'string' ? rules : JSON.stringify(rules);
    await put({
      ...{ room: { S: room }, item: { S: 'room' }, sessionId },
      ...{ projectId: { S: OPENTOK_SECRET.apiKey }, options: { S: '{}' } },
      ...{ createdAt: { N: '1600000000' }, rules: { S: text }, revision: { S: 'x' } },
      ...(room === 'ward' && { hasBans: { BOOL: true } }),
    });
  }
  for (const item of fullRoomItems('full', sessionId.S)) await put(item);
  const [, inviteId, secret = ''] = INVITE.split('.');
  const inAnHour = { N: String(Math.floor(Date.now() / 1000) + 3_600) };
  await put({
    ...{ room: { S: 'open' }, item: { S: `invite#${inviteId}` }, sessionId },
    secretHash: { B: Buffer.from(hashInviteSecret(secret)).toString('base64') },
    ...{ role: { S: 'publisher' }, maxGuests: { N: '1' }, createdAtMs: { N: '1600000000000' } },
    expiresAt: inAnHour,
  });
  await put({
    ...{ room: { S: 'ward' }, item: { S: `knock#${toKnockId(DENIED_SUBJECT)}` }, sessionId },
    ...{ sub: { S: DENIED_SUBJECT }, sinceMs: { N: '1600000000000' }, seenAt: { N: '1600000000' } },
    ...{ state: { S: 'denied' }, decidedAt: { N: '1600000000' } },
  });
  await put({ room: { S: 'ward' }, item: { S: `ban#${toKnockId(BANNED_SUBJECT)}` }, sessionId });
  return rooms;
}

describe('a room of another project', () => testFaults(movedCases, startWithForeignRoom));

describe('a rejected join', () => testFaults(joinCases, startWithRooms));

describe('a participant', () => testFaults(participantCases, startWithRooms));

describe('the list of rooms', () => testFaults(listCases, startWithRooms));

describe('a guest', () => testFaults(guestCases, startWithRooms));
