/** `POST /sessions`, and direct invocations: creates a session. */
import { randomUUID } from 'node:crypto';
import { openContainer, warmUp } from '../lib/container.ts';
import { createSessionWith } from '../lib/create-session.ts';
import { parseSessionRequest } from '../lib/domain/session-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { createSender } from '../lib/platform/send-request.ts';
import { createSessionApi } from '../lib/platform/session-api.ts';

const container = openContainer(process.env);

export const handler = createHandler({
  name: 'createSession',
  container,
  fromHttp: ({ body }) => parseSessionRequest(body),
  fromDirect: parseSessionRequest,
  run: createSessionWith({
    readCredentials: container.readCredentials,
    createPlatformSession: createSessionApi({
      send: createSender(),
      url: container.config.videoApiUrl,
      newId: randomUUID,
    }),
  }),
  describe: ({ sessionId }) => ({ message: 'session created', sessionId }),
});

await warmUp(container);
