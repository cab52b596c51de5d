import { describe } from 'vitest';
import { startCallbacks, TABLE } from '../live/start-callbacks.ts';
import { fullRoomItems } from '../rooms/full-room.ts';
import type { StartOptions } from '../support/drive.ts';
import {
  BANNED_CONNECTION,
  BANNED_SUBJECT,
  callbackCases,
  FULL_SESSION_ID,
  SESSION_ID,
} from './callback-cases.ts';
import { type FaultyFunction, type Running, testFaults } from './fault-case.ts';

async function start(name: FaultyFunction, options?: StartOptions): Promise<Running> {
  if (name !== 'receiveCallback') throw new Error(`${name} does not receive callbacks.`);
  const running = await startCallbacks(options?.secret);
  await running.putRoom('ward', SESSION_ID);
  await running.ban('ward', { sessionId: SESSION_ID, sub: BANNED_SUBJECT });
  const Key = { room: { S: 'full' }, item: { S: 'room' } };
  await running.putRoom('full', FULL_SESSION_ID);
  const { Item } = await running.dynamoDb.ask('GetItem', { TableName: TABLE, Key });
  const rules = { S: JSON.stringify({ maxParticipants: 1 }) };
  await running.put({ ...Object(Item), rules, revision: { S: 'x' } });
  for (const item of fullRoomItems('full', FULL_SESSION_ID)) await running.put(item);
  running.platform.connect(SESSION_ID, { id: BANNED_CONNECTION });
  return running;
}

describe('a callback', () => testFaults(callbackCases, start));
