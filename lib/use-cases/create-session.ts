/**
 * The use case "create a session". Knows no event and no environment.
 */

import type { Credentials } from '../credentials/credentials.ts';
import type { SecretCache } from '../credentials/secret-cache.ts';
import { assertMayCreateSession } from '../domain/access.ts';
import { Fault } from '../domain/faults.ts';
import { type Session, toSession } from '../domain/session.ts';
import type { SessionOptions } from '../domain/session-request.ts';
import type { CreatePlatformSession } from '../platform/session-api.ts';
import type { Invocation } from './invocation.ts';

export interface CreateSessionDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly createPlatformSession: CreatePlatformSession;
}

export type CreateSession = (options: SessionOptions, invocation: Invocation) => Promise<Session>;

/**
 * The use case throws Fault `ForbiddenError` for a caller who may not create sessions, and what
 * reading the secret and calling the platform throw.
 */
export function createSessionWith(deps: CreateSessionDeps): CreateSession {
  return async (options, { nowSeconds, caller, remainingMs, onSessionCreated }) => {
    assertMayCreateSession(caller);
    const create = async (credentials: Credentials): Promise<Session> => {
      const request = { credentials, options, nowSeconds, remainingMs };
      const sessionId = await deps.createPlatformSession(request);
      onSessionCreated?.();
      return toSession(sessionId, options, credentials.project);
    };
    const credentials = await deps.projectSecret.get(remainingMs);
    try {
      return await create(credentials);
    } catch (error) {
      if (!isRefusalOfCredentials(error)) throw error;
      // The secret may have been rotated since it was read.
      const { outcome, value } = await deps.projectSecret.renew(credentials, remainingMs);
      if (outcome !== 'renewed') throw error;
      return create(value);
    }
  };
}

function isRefusalOfCredentials(error: unknown): boolean {
  return error instanceof Fault && error.name === 'CredentialsRefusedError';
}
