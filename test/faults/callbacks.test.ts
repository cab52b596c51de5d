import { describe } from 'vitest';
import { startCallbacks } from '../live/start-callbacks.ts';
import type { StartOptions } from '../support/drive.ts';
import { BANNED_CONNECTION, BANNED_SUBJECT, callbackCases, SESSION_ID } from './callback-cases.ts';
import { type FaultyFunction, type Running, testFaults } from './fault-case.ts';

async function start(name: FaultyFunction, options?: StartOptions): Promise<Running> {
  if (name !== 'receiveCallback') throw new Error(`${name} does not receive callbacks.`);
  const running = await startCallbacks(options?.secret);
  await running.putRoom('ward', SESSION_ID);
  await running.ban('ward', { sessionId: SESSION_ID, sub: BANNED_SUBJECT });
  running.platform.connect(SESSION_ID, { id: BANNED_CONNECTION });
  return running;
}

describe('a callback', () => testFaults(callbackCases, start));
