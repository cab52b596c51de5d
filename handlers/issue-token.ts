/**
 * Issues a token for a session: `POST /sessions/{sessionId}/tokens`, direct invocations and pipes.
 *
 * For each event, `createHandler` determines the caller (API Gateway's authorizer result, or trusted for a
 * direct invocation), parses the request, calls `run` and returns the token or a problem document. `run`
 * decides the caller's right to the session, reads the project's secret from the cache and signs the token
 * without calling the platform.
 */

import { parseDirectTokenRequest, parseTokenRequest } from '../lib/domain/token-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { assertMethod } from '../lib/events/http-request.ts';
import { readSessionId } from '../lib/events/path.ts';
import { createTokenIssuer } from '../lib/use-cases/issue-token.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { newTokenIds } from '../lib/wiring/random.ts';
import { createRuntime, type Runtime } from '../lib/wiring/runtime.ts';
import { primeHandler, warmUp } from '../lib/wiring/warm-up.ts';

const createFunction = (runtime: Runtime) =>
  createHandler(runtime, {
    name: 'issueToken',
    fromHttp: (http, invocation) => {
      assertMethod(http, 'POST');
      return { ...parseTokenRequest(http.body, invocation), sessionId: readSessionId(http) };
    },
    fromDirect: parseDirectTokenRequest,
    run: createTokenIssuer({
      projectSecret: runtime.projectSecret,
      now: runtime.now,
      newTokenIds,
    }),
    toLogFields: ({ sessionId, role }) => ({ message: 'token issued', sessionId, role }),
  });

const runtime = createRuntime(createEnvironmentReader(process.env));

export const handler = createFunction(runtime);

await warmUp(runtime, { afterwards: (project) => primeHandler(runtime, createFunction, project) });
