/** `POST /sessions/{sessionId}/tokens`, and direct invocations: issues a token for a session. */
import { randomInt, randomUUID } from 'node:crypto';
import { openContainer, warmUp } from '../lib/container.ts';
import { parseDirectTokenRequest, parseTokenRequest } from '../lib/domain/token-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { issueTokenWith } from '../lib/issue-token.ts';

const NONCE_LIMIT = 2 ** 47;

const container = openContainer(process.env);

export const handler = createHandler({
  name: 'issueToken',
  container,
  fromHttp: ({ body, sessionId }, invocation) => ({
    ...parseTokenRequest(body, invocation),
    sessionId,
  }),
  fromDirect: parseDirectTokenRequest,
  run: issueTokenWith({
    credentials: container.credentials,
    newUniqueness: () => ({ nonce: randomInt(NONCE_LIMIT), jti: randomUUID() }),
  }),
  describe: ({ sessionId, role }) => ({ message: 'token issued', sessionId, role }),
});

await warmUp(container);
