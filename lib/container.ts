/**
 * What a function's container sets up once and all its invocations share: configuration, log, clock
 * and credentials. Together with the handlers this is the edge where the outside is read.
 */
import { type Config, type Environment, readConfig } from './config.ts';
import { type Fault, toFault } from './domain/faults.ts';
import { createLog, type Log } from './log.ts';
import { type Credentials, parseCredentials } from './secrets/credentials.ts';
import { createSecretCache } from './secrets/secret-cache.ts';
import { createSecretReader } from './secrets/secrets-manager.ts';

const SECRET_TTL_MS = 5 * 60 * 1000;

export interface Container {
  /** `undefined` when the environment is wrong; every invocation then fails in `readCredentials`. */
  readonly config: Config | undefined;
  readonly log: Log;
  readonly now: () => number;
  readonly readCredentials: () => Promise<Credentials>;
}

/**
 * Never throws: a container that fails while it starts is killed and its callers learn nothing. A
 * wrong environment is told to the log at once and to every caller as a `ConfigurationError`.
 */
export function openContainer(environment: Environment): Container {
  const log = createLog(environment['AWS_LAMBDA_LOG_FORMAT']);
  const now = Date.now;
  let config: Config;
  try {
    config = readConfig(environment);
  } catch (error) {
    const fault = toFault(error);
    log('error', { message: 'configuration is wrong', ...describe(fault) });
    return { config: undefined, log, now, readCredentials: () => Promise.reject(fault) };
  }
  const { secretId, secretsManagerUrl } = config;
  const readSecret = createSecretReader(secretsManagerUrl);
  const readCredentials = createSecretCache({
    load: async () => parseCredentials(await readSecret(secretId)),
    ttlMs: SECRET_TTL_MS,
    now,
  });
  return { config, log, now, readCredentials };
}

/**
 * Reads the secret while Lambda still initializes the container, where it costs no caller time.
 * A failure is left for the first invocation to meet again and to answer.
 */
export async function warmUp({ readCredentials }: Container): Promise<void> {
  await readCredentials().catch(() => undefined);
}

function describe({ name, reason }: Fault): { fault: string; reason?: string } {
  return { fault: name, ...(reason === undefined ? {} : { reason }) };
}
