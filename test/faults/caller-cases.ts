/** Callers who are refused whatever they ask for, and what the operator learns of it. */
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

/** A case for `issueToken`; the detail is logged too where the operator has to set something right. */
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
    'an end user names a session where tokens are issued by room alone (`ROOMS_ONLY`)',
    { ROOMS_ONLY: 'true' },
    asUser({}),
    { status: 403, detail: 'join the room' },
  ),
  refusal(
    'an end user names a session where a claim lists their rooms (`ROOMS_CLAIM`)',
    { ROOMS_CLAIM: 'rooms' },
    asUser({ rooms: 'lobby' }),
    { status: 403, detail: 'join the room' },
  ),
  refusal(
    'a claim of rooms that can be read in two ways, `[Sales Team]`',
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
  refusal('a role claim that names no role', {}, asUser({ opentok_role: 'admin' }), {
    status: 403,
    detail: 'The claim opentok_role must be one of',
    isLogged: true,
  }),
  refusal('a holder of a Cognito identity pool, with `AUTH=iam`', {}, buildPool?.(call) ?? {}, {
    status: 403,
    detail: 'deploy with auth=jwt',
    isLogged: true,
  }),
  refusal('an IAM signature, with `AUTH=jwt`', { AUTH: 'jwt' }, httpApiEvent(call), {
    status: 401,
    detail: 'no token of an end user',
  }),
];
