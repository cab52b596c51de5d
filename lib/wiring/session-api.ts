/**
 * The session API with its real collaborators, for handlers to set up once per container.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import manifest from '../../package.json' with { type: 'json' };
import { createRetryingSender } from '../platform/retries.ts';
import { createSender } from '../platform/send-request.ts';
import { type CreatePlatformSession, createSessionApi } from '../platform/session-api.ts';

/** @param url base URL of the platform's REST API; by default the one of the project's kind */
export function openSessionApi(url: string | undefined, now: () => number): CreatePlatformSession {
  const send = createRetryingSender({
    send: createSender(now),
    pause: setTimeout,
    random: Math.random,
    now,
  });
  const userAgent = `opentok-sessions/${manifest.version}`;
  return createSessionApi({ send, url, newId: randomUUID, userAgent });
}
