/** Creates a session: `POST /sessions`, direct invocations, pipes, and messages of EventBridge, SNS and SQS. */

import { parseSessionRequest } from '../lib/domain/session-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { assertMethod } from '../lib/events/http-request.ts';
import { toBaseUrl } from '../lib/platform/project-api.ts';
import { createSessionCreator } from '../lib/use-cases/create-session.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { createPlatformSessions, createResultPublisher } from '../lib/wiring/services.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const runtime = createRuntime(createEnvironmentReader(process.env));
export const handler = createHandler(runtime, {
  name: 'createSession',
  fromHttp: (http) => {
    assertMethod(http, 'POST');
    return parseSessionRequest(http.body);
  },
  fromDirect: parseSessionRequest,
  run: createSessionCreator({
    projectSecret: runtime.projectSecret,
    createPlatformSession: createPlatformSessions(runtime),
  }),
  toLogFields: ({ sessionId }) => ({ message: 'session created', sessionId }),
  messages: {
    toDetail: (session) => ({ session }),
    resultTypes: { success: 'OpenTok Session Created', failure: 'OpenTok Session Failed' },
    publish: createResultPublisher(runtime),
  },
});

await warmUp(runtime, { toFirstUrl: (project) => toBaseUrl(runtime.config.videoApiUrl, project) });
