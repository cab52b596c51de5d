/** `POST /sessions/{sessionId}/tokens`, and direct invocations: issues a token for a session. */

import { parseDirectTokenRequest, parseTokenRequest } from '../lib/domain/token-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { assertMethod } from '../lib/events/http-request.ts';
import { readSessionId } from '../lib/events/path.ts';
import { issueTokenWith } from '../lib/use-cases/issue-token.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { newTokenIds } from '../lib/wiring/random.ts';
import { rehearse } from '../lib/wiring/rehearsal.ts';
import { createRuntime, type Runtime } from '../lib/wiring/runtime.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const open = (runtime: Runtime) =>
  createHandler({
    name: 'issueToken',
    runtime,
    fromHttp: (http, invocation) => {
      assertMethod(http, 'POST');
      return { ...parseTokenRequest(http.body, invocation), sessionId: readSessionId(http) };
    },
    fromDirect: parseDirectTokenRequest,
    run: issueTokenWith({
      projectSecret: runtime.projectSecret,
      now: runtime.now,
      newTokenIds,
    }),
    describe: ({ sessionId, role }) => ({ message: 'token issued', sessionId, role }),
  });

const runtime = createRuntime(createEnvironmentReader(process.env));

export const handler = open(runtime);

await warmUp(runtime, { afterwards: (project) => rehearse(runtime, open, project) });
