/** Disconnects the connection of a callback, which may not be in its room. */
import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import type { ModerationApi } from '../../platform/moderation-api.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { callWithRenewal } from '../../use-cases/renew-credentials.ts';
import { assertOfProject, type Callback } from '../domain/callback.ts';

/**
 * Can be repeated: disconnecting a connection that has ended succeeds. Throws Fault `Platform…Error` or
 * `CredentialsRefusedError`.
 */
export type DisconnectConnection = (
  callback: Callback,
  of: { readonly sessionId: string; readonly connectionId: string },
  invocation: Pick<Invocation, 'nowSeconds' | 'remainingMs'>,
) => Promise<void>;

export function createDisconnectConnection<Secret extends Credentials>(
  secret: Pick<SecretCache<Secret>, 'get' | 'renew'>,
  disconnect: ModerationApi['disconnect'],
): DisconnectConnection {
  return async (callback, of, { nowSeconds, remainingMs }) => {
    const known = await secret.get(remainingMs);
    await callWithRenewal(secret, known, remainingMs, async (credentials) => {
      // The renewed secret can be that of another project.
      assertOfProject(callback, credentials.project);
      await disconnect({ credentials, ...of, nowSeconds, remainingMs });
    });
  };
}
