/** `POST /sessions`, direct invocations and messages (EventBridge, SNS, SQS): creates a session. */
import { openContainer, warmUp } from '../lib/container.ts';
import { createSessionWith } from '../lib/create-session.ts';
import { parseSessionRequest } from '../lib/domain/session-request.ts';
import { createEnvironmentReader } from '../lib/environment.ts';
import { createHandler } from '../lib/events/handler.ts';
import { assertMethod } from '../lib/events/http-request.ts';
import { createPublisherLoader } from '../lib/events/load-publisher.ts';
import { openSessionApi } from '../lib/platform/open-session-api.ts';

const container = openContainer(createEnvironmentReader(process.env));
const createSession = createSessionWith({
  credentials: container.credentials,
  createPlatformSession: openSessionApi(container.config.videoApiUrl, container.now),
});

export const handler = createHandler({
  name: 'createSession',
  container,
  fromHttp: (http) => {
    assertMethod(http, 'POST');
    return parseSessionRequest(http.body);
  },
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
