/** `POST /sessions/{sessionId}/tokens`, and direct invocations: issues a token for a session. */
import { openContainer, warmUp } from '../lib/container.ts';
import { parseDirectTokenRequest, parseTokenRequest } from '../lib/domain/token-request.ts';
import { createEnvironmentReader } from '../lib/environment.ts';
import { createHandler } from '../lib/events/handler.ts';
import { assertMethod, readSessionId } from '../lib/events/http-request.ts';
import { issueTokenWith } from '../lib/issue-token.ts';
import { newUniqueness } from '../lib/new-uniqueness.ts';

const container = openContainer(createEnvironmentReader(process.env));

export const handler = createHandler({
  name: 'issueToken',
  container,
  fromHttp: (http, invocation) => {
    assertMethod(http, 'POST');
    return { ...parseTokenRequest(http.body, invocation), sessionId: readSessionId(http) };
  },
  fromDirect: parseDirectTokenRequest,
  run: issueTokenWith({ credentials: container.credentials, newUniqueness }),
  describe: ({ sessionId, role }) => ({ message: 'token issued', sessionId, role }),
});

await warmUp(container);
