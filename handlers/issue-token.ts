/** `POST /sessions/{sessionId}/tokens`, and direct invocations: issues a token for a session. */
import { type Container, openContainer, warmUp } from '../lib/container.ts';
import { parseDirectTokenRequest, parseTokenRequest } from '../lib/domain/token-request.ts';
import { createEnvironmentReader } from '../lib/environment.ts';
import { createHandler } from '../lib/events/handler.ts';
import { assertMethod, readSessionId } from '../lib/events/http-request.ts';
import { issueTokenWith } from '../lib/issue-token.ts';
import { newUniqueness } from '../lib/new-uniqueness.ts';
import { rehearse } from '../lib/rehearsal.ts';

const open = (container: Container) =>
  createHandler({
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

const container = openContainer(createEnvironmentReader(process.env));

export const handler = open(container);

await warmUp(container, () => rehearse(container, open));
