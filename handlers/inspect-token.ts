/**
 * `POST /tokens/inspect`, and direct invocations: tells a trusted caller whether the project's secret
 * has signed a token. Of a deployment with `describe=true`.
 */

import { parseInspectRequest } from '../lib/domain/inspect-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { assertMethod } from '../lib/events/http-request.ts';
import { inspectTokenWith } from '../lib/use-cases/inspect-token.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { openTokenVerifier } from '../lib/wiring/token-verifier.ts';

const runtime = createRuntime(createEnvironmentReader(process.env));

export const handler = createHandler({
  name: 'inspectToken',
  runtime,
  fromHttp: (http) => {
    assertMethod(http, 'POST');
    return parseInspectRequest(http.body);
  },
  fromDirect: parseInspectRequest,
  toStatus: () => 200,
  run: inspectTokenWith({ verifier: openTokenVerifier(runtime) }),
  describe: () => ({ message: 'token inspected' }),
});
