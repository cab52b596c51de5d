/** `POST /sessions`, direct invocations and messages (EventBridge, SNS, SQS): creates a session. */

import { parseSessionRequest } from '../lib/domain/session-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { assertMethod } from '../lib/events/http-request.ts';
import { toBaseUrl } from '../lib/platform/session-api.ts';
import { createSessionWith } from '../lib/use-cases/create-session.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { openPublisher } from '../lib/wiring/publisher.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { openSessionApi } from '../lib/wiring/session-api.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const runtime = createRuntime(createEnvironmentReader(process.env));
const createSession = createSessionWith({
  projectSecret: runtime.projectSecret,
  createPlatformSession: openSessionApi(runtime),
});

export const handler = createHandler({
  name: 'createSession',
  runtime,
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
    publish: openPublisher(runtime),
  },
});

await warmUp(runtime, { toFirstUrl: (project) => toBaseUrl(runtime.config.videoApiUrl, project) });
