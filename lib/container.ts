/**
 * What a function's container sets up once and all its invocations share: configuration, log, clock
 * and credentials. Together with the handlers this is the edge where the outside is read.
 */
import { type Config, type Environment, readConfig } from './config.ts';
import { Fault } from './domain/faults.ts';
import { createLog, type Log } from './log.ts';
import { type Credentials, parseCredentials } from './secrets/credentials.ts';
import { createSecretCache } from './secrets/secret-cache.ts';
import { createSecretReader } from './secrets/secrets-manager.ts';

const SECRET_TTL_MS = 5 * 60 * 1000;

export interface Container {
  readonly config: Config;
  /** What is wrong with the configuration, which every invocation is then answered with. */
  readonly fault: Fault | undefined;
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
  const { config, problems } = readConfig(environment);
  const fault = problems.length === 0 ? undefined : wrongEnvironment(problems);
  if (fault) log('error', { message: fault.title, fault: fault.name, reason: fault.reason });
  if (config.auth === 'none') {
    log('warn', { message: 'AUTH=none: every HTTP caller is trusted; never deploy this' });
  }
  const now = Date.now;
  const readSecret = createSecretReader(config.secretsManagerUrl);
  const readCredentials = createSecretCache({
    load: async () => parseCredentials(await readSecret(config.secretId)),
    ttlMs: SECRET_TTL_MS,
    now,
  });
  return { config, fault, log, now, readCredentials };
}

function wrongEnvironment(problems: readonly string[]): Fault {
  return new Fault('ConfigurationError', 'The service is misconfigured.', {
    reason: `The environment is wrong: ${problems.join('; ')}.`,
  });
}

/**
 * Reads the secret while Lambda still initializes the container, where it costs no caller time.
 * A failure is left for the first invocation to meet again and to answer.
 */
export async function warmUp({ fault, readCredentials }: Container): Promise<void> {
  if (!fault) await readCredentials().catch(() => undefined);
}
