import { createSecretCache, type SecretCache } from '../credentials/secret-cache.ts';
import { createSecretReader } from '../credentials/secrets-manager.ts';
import { parseTokenVerifier, type TokenVerifier } from '../credentials/token-verifier.ts';
import type { Runtime } from './runtime.ts';

/** Reads the secret for every inspection: a verdict is about the secret that is stored now. */
export function openTokenVerifier({ config, network, now }: Runtime): SecretCache<TokenVerifier> {
  const readSecret = createSecretReader(network.aws, config.secretsManagerUrl);
  return createSecretCache({
    read: (timeoutMs) => readSecret(config.secretId, timeoutMs),
    parse: parseTokenVerifier,
    ttlMs: 0,
    staleMs: 0,
    now,
    onStale: () => undefined,
  });
}
