/** Lists the connections that the platform has to a session. Knows no event and no environment. */
import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import { isSessionOf } from '../../domain/session-id.ts';
import type { ModerationApi } from '../../platform/moderation-api.ts';
import { callWithRenewal } from '../../use-cases/renew-credentials.ts';
import { roomFault } from '../faults.ts';
import type { CountSeatsDeps } from './count-seats.ts';

export interface ListConnectedDeps<Secret extends Credentials> {
  readonly projectSecret: Pick<SecretCache<Secret>, 'get' | 'renew'>;
  readonly moderation: Pick<ModerationApi, 'listConnections'>;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

/** It throws Fault `Platform…Error`, `CredentialsRefusedError` and `CredentialsChangingError`. */
export function createListConnected<Secret extends Credentials>({
  projectSecret,
  moderation,
  now,
}: ListConnectedDeps<Secret>): CountSeatsDeps['listConnected'] {
  return async (sessionId, remainingMs) => {
    const known = await projectSecret.get(remainingMs);
    const connections = await callWithRenewal(projectSecret, known, remainingMs, (credentials) => {
      // An empty list of another project's session would free all seats.
      if (!isSessionOf(credentials.project.id, sessionId)) throw hasMoved();
      const nowSeconds = Math.floor(now() / 1000);
      return moderation.listConnections({ credentials, sessionId, nowSeconds, remainingMs });
    });
    return new Set(connections.map(({ id }) => id));
  };
}

function hasMoved() {
  return roomFault(
    'CredentialsChangingError',
    "The project's credentials are changing. Retry in a second.",
    { retryAfterSeconds: 1 },
  );
}
