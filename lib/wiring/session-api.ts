/**
 * The session API with its real collaborators, for handlers to set up once per container.
 */
import { randomUUID } from 'node:crypto';
import { createPlatformCall } from '../platform/call-platform.ts';
import { type CreatePlatformSession, createSessionApi } from '../platform/session-api.ts';
import type { Runtime } from './runtime.ts';

export function openSessionApi({
  config,
  network: { send, timing, userAgent },
}: Pick<Runtime, 'config' | 'network'>): CreatePlatformSession {
  return createSessionApi({
    send: createPlatformCall(send, timing),
    url: config.videoApiUrl,
    newId: randomUUID,
    userAgent,
  });
}
