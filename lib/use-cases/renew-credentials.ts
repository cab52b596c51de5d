/**
 * Calls the platform again if it rejects the credentials: the secret may have been rotated since it was read.
 */
import type { Credentials } from '../credentials/credentials.ts';
import type { SecretCache } from '../credentials/secret-cache.ts';
import type { RemainingMs } from '../domain/deadline.ts';
import { Fault } from '../domain/faults.ts';

/**
 * Returns what `call` returns. If the platform rejects the credentials, the secret is read again, and a
 * new one is tried once.
 *
 * @throws what `call` throws
 */
export async function callWithRenewal<Secret extends Credentials, Result>(
  projectSecret: Pick<SecretCache<Secret>, 'renew'>,
  known: Secret,
  remainingMs: RemainingMs,
  call: (credentials: Secret) => Promise<Result>,
): Promise<Result> {
  try {
    return await call(known);
  } catch (error) {
    if (!(error instanceof Fault && error.name === 'CredentialsRefusedError')) throw error;
    const { outcome, value } = await projectSecret.renew(known, remainingMs);
    if (outcome !== 'renewed') throw error;
    return call(value);
  }
}
