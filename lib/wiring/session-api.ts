/**
 * The session API with its real collaborators, for handlers to set up once per container.
 */
import { randomUUID } from 'node:crypto';
import { createPlatformCall } from '../platform/call-platform.ts';
import { type CreatePlatformSession, createSessionApi } from '../platform/session-api.ts';
import type { Config } from './config.ts';
import type { Network } from './network.ts';
import type { SessionCount } from './runtime.ts';

export function openSessionApi({
  config,
  network: { send, timing, userAgent },
  sessionCount,
}: {
  readonly config: Pick<Config, 'videoApiUrl'>;
  readonly network: Pick<Network, 'send' | 'timing' | 'userAgent'>;
  readonly sessionCount?: SessionCount;
}): CreatePlatformSession {
  const createPlatformSession = createSessionApi({
    send: createPlatformCall(send, timing),
    url: config.videoApiUrl,
    newId: randomUUID,
    userAgent,
  });
  return async (request) => {
    const sessionId = await createPlatformSession(request);
    sessionCount?.add();
    return sessionId;
  };
}
