/** `POST /sessions`, direct invocations and messages (EventBridge, SNS, SQS): creates a session. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { openContainer, warmUp } from '../lib/container.ts';
import { createSessionWith } from '../lib/create-session.ts';
import { parseSessionRequest } from '../lib/domain/session-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { createPublisherLoader } from '../lib/events/load-publisher.ts';
import { createRetryingSender } from '../lib/platform/retries.ts';
import { createSender } from '../lib/platform/send-request.ts';
import { createSessionApi } from '../lib/platform/session-api.ts';

const container = openContainer(process.env);
const createSession = createSessionWith({
  credentials: container.credentials,
  createPlatformSession: createSessionApi({
    send: createRetryingSender({
      send: createSender(),
      pause: setTimeout,
      random: Math.random,
      now: container.now,
    }),
    url: container.config.videoApiUrl,
    newId: randomUUID,
  }),
});

export const handler = createHandler({
  name: 'createSession',
  container,
  fromHttp: ({ body }) => parseSessionRequest(body),
  fromDirect: parseSessionRequest,
  run: createSession,
  describe: ({ sessionId }) => ({ message: 'session created', sessionId }),
  messages: {
    fromMessage: parseSessionRequest,
    run: async (options, invocation) => ({ session: await createSession(options, invocation) }),
    resultTypes: { success: 'OpenTok Session Created', failure: 'OpenTok Session Failed' },
    loadPublisher: createPublisherLoader(container.config),
  },
});

await warmUp(container);
