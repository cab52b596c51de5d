/**
 * Tells a trusted caller whether the project signed a token: `POST /tokens/inspect` and direct invocations. Part
 * of a deployment with `describe=true`.
 */

import { parseInspectRequest } from '../lib/domain/inspect-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { assertMethod } from '../lib/events/http-request.ts';
import { createTokenInspector } from '../lib/use-cases/inspect-token.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { createVerifierCache } from '../lib/wiring/services.ts';

const runtime = createRuntime(createEnvironmentReader(process.env));

export const handler = createHandler(runtime, {
  name: 'inspectToken',
  fromHttp: (http) => {
    assertMethod(http, 'POST');
    return parseInspectRequest(http.body);
  },
  fromDirect: parseInspectRequest,
  toStatus: () => 200,
  run: createTokenInspector({ verifier: createVerifierCache(runtime) }),
  toLogFields: () => ({ message: 'token inspected' }),
});
