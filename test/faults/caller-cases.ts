/** Callers who are rejected, and what the log says. */
import { type Claims, poolDoors, userDoors } from '../support/callers.ts';
import { sessionIds } from '../support/fixtures.ts';
import { type HttpEvent, httpApiEvent } from '../support/http-events.ts';
import type { FaultCase } from './fault-case.ts';

const call = { sessionId: sessionIds.openTok, body: {} };
const [, buildUser] = userDoors[0] ?? [];
const [, buildPool] = poolDoors[0] ?? [];

function asUser(claims: Claims): HttpEvent {
  return buildUser?.(call, claims) ?? {};
}

/** Builds a case for `issueToken`; the detail is logged if the operator has to fix something. */
function refusal(
  injected: string,
  environment: Readonly<Record<string, string>>,
  event: HttpEvent,
  { status, detail, isLogged = false }: { status: 401 | 403; detail: string; isLogged?: boolean },
): FaultCase {
  const [type, fault] =
    status === 401
      ? ['unauthenticated-error', 'UnauthenticatedError']
      : ['forbidden-error', 'ForbiddenError'];
  return {
    injected,
    calls: 'issueToken',
    options: { environment },
    event,
    seen: { status, type, detail },
    logged: [{ level: 'info', fault, ...(isLogged && { reason: detail }) }],
  };
}

export const callerCases: readonly FaultCase[] = [
  refusal(
    'an end user requests a token by session id, with `ROOMS_ONLY=true`',
    { ROOMS_ONLY: 'true' },
    asUser({}),
    { status: 403, detail: 'join the room' },
  ),
  refusal(
    'an end user requests a token by session id, with `ROOMS_CLAIM` set',
    { ROOMS_CLAIM: 'rooms' },
    asUser({ rooms: 'lobby' }),
    { status: 403, detail: 'join the room' },
  ),
  refusal(
    'an ambiguous claim of rooms, `[Sales Team]`',
    { ROOMS_CLAIM: 'rooms' },
    asUser({ rooms: '[Sales Team]' }),
    { status: 403, detail: 'The claim rooms is ambiguous', isLogged: true },
  ),
  refusal(
    'a token without the role claim, with `DEFAULT_ROLE=none`',
    { DEFAULT_ROLE: 'none' },
    asUser({}),
    { status: 403, detail: 'The claim opentok_role is missing', isLogged: true },
  ),
  refusal('a role claim that is not a role', {}, asUser({ opentok_role: 'admin' }), {
    status: 403,
    detail: 'The claim opentok_role must be one of',
    isLogged: true,
  }),
  refusal('credentials of a Cognito identity pool, with `AUTH=iam`', {}, buildPool?.(call) ?? {}, {
    status: 403,
    detail: 'deploy with auth=jwt',
    isLogged: true,
  }),
  refusal('an IAM signature, with `AUTH=jwt`', { AUTH: 'jwt' }, httpApiEvent(call), {
    status: 401,
    detail: 'no token of an end user',
  }),
];
