/**
 * The use case "create a session". Knows no event and no environment.
 */

import type { Credentials } from '../credentials/credentials.ts';
import type { SecretCache } from '../credentials/secret-cache.ts';
import { assertMayCreateSession } from '../domain/access.ts';
import { type Session, toSession } from '../domain/session.ts';
import type { SessionOptions } from '../domain/session-request.ts';
import type { CreatePlatformSession } from '../platform/session-api.ts';
import type { Invocation } from './invocation.ts';
import { callWithRenewal } from './renew-credentials.ts';

/** Creates a session of the credentials' project, and returns the credentials that created it. */
export type MakeSession = (
  options: SessionOptions,
  credentials: Credentials,
  invocation: Pick<Invocation, 'nowSeconds' | 'remainingMs'>,
) => Promise<{ readonly sessionId: string; readonly credentials: Credentials }>;

export interface MakeSessionDeps {
  readonly projectSecret: Pick<SecretCache<Credentials>, 'renew'>;
  readonly createPlatformSession: CreatePlatformSession;
}

/**
 * Returns a function that creates sessions after the caller's right to one is decided. If the
 * platform rejects the credentials, the secret may have been rotated: it is read again, and a new one is
 * tried once. Throws what the platform call throws.
 */
export function createMakeSession({
  projectSecret,
  createPlatformSession,
}: MakeSessionDeps): MakeSession {
  return async (options, known, { nowSeconds, remainingMs }) => {
    return callWithRenewal(projectSecret, known, remainingMs, async (credentials) => ({
      sessionId: await createPlatformSession({ credentials, options, nowSeconds, remainingMs }),
      credentials,
    }));
  };
}

export interface CreateSessionDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly createPlatformSession: CreatePlatformSession;
}

export type CreateSession = (options: SessionOptions, invocation: Invocation) => Promise<Session>;

/**
 * The use case throws Fault `ForbiddenError` if the caller may not create sessions, and what reading
 * the secret and calling the platform throw.
 */
export function createSessionCreator(deps: CreateSessionDeps): CreateSession {
  const makeSession = createMakeSession(deps);
  return async (options, invocation) => {
    assertMayCreateSession(invocation.caller);
    const known = await deps.projectSecret.get(invocation.remainingMs);
    const { sessionId, credentials } = await makeSession(options, known, invocation);
    return toSession(sessionId, options, credentials.project);
  };
}
