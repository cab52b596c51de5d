/**
 * What a container sets up once and all its invocations share: configuration, log, clock, network and
 * credentials. Together with the handlers this is the edge that reads the environment.
 */

import { type Credentials, parseCredentials } from '../credentials/credentials.ts';
import { createSecretCache, type SecretCache } from '../credentials/secret-cache.ts';
import { createSecretReader } from '../credentials/secrets-manager.ts';
import { type Fault, misconfigured, toFault } from '../domain/faults.ts';
import { createLog, type Log } from '../events/log.ts';
import { type Config, readConfig } from './config.ts';
import type { EnvironmentReader } from './environment.ts';
import { createNetwork, type Network } from './network.ts';

/** @template Secret what the function makes of the project's secret */
export interface Runtime<Secret = Credentials> {
  readonly config: Config;
  /** Set if the configuration is wrong. Every invocation then fails with it. */
  readonly fault: Fault | undefined;
  readonly log: Log;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
  readonly network: Network;
  /** Whether a request waits for this container to start. */
  readonly isOnDemand: boolean;
  /** The project's secret, read from Secrets Manager, parsed and cached. */
  readonly projectSecret: SecretCache<Secret>;
  readonly sessionCount: SessionCount;
}

/** Counts the sessions that the platform has created, whatever happens afterwards. */
export interface SessionCount {
  readonly add: () => void;
  /** Returns the count since the last call. Lambda runs one invocation of a container at a time. */
  readonly take: () => number;
}

/**
 * Creates the runtime of a container. Never throws: Lambda kills a container that fails to start, and callers
 * would get an error without a cause. A wrong environment is logged once and fails every invocation with a
 * `ConfigurationError`.
 *
 * @param environment read all other configuration from it before, so that all problems are logged together
 * @param parseSecret Default: the credentials.
 */
export function createRuntime(environment: EnvironmentReader): Runtime;
export function createRuntime<Secret>(
  environment: EnvironmentReader,
  parseSecret: (text: string) => Promise<Secret>,
): Runtime<Secret>;
export function createRuntime<Secret>(
  environment: EnvironmentReader,
  parseSecret?: (text: string) => Promise<Secret>,
): Runtime<Secret | Credentials> {
  const log = createLog(environment.text('AWS_LAMBDA_LOG_FORMAT'));
  const config = readConfig(environment);
  const { problems } = environment;
  const fault = problems.length === 0 ? undefined : wrongEnvironment(problems);
  if (fault) log('error', { message: fault.title, fault: fault.name, reason: fault.reason });
  if (config.auth === 'none') {
    log('warn', { message: 'AUTH=none: every HTTP caller is trusted; never deploy this' });
  }
  const now = Date.now;
  const network = createNetwork();
  const readSecret = createSecretReader(network.aws, config.secretsManagerUrl);
  const projectSecret = createSecretCache<Secret | Credentials>({
    read: (timeoutMs) => readSecret(config.secretId, timeoutMs),
    parse: parseSecret ?? parseCredentials,
    ttlMs: config.secretTtlSeconds * 1000,
    staleMs: config.secretStaleSeconds * 1000,
    now,
    onStale: (error) => {
      const { name, reason } = toFault(error);
      log('warn', { message: 'the stale secret stays in use', fault: name, reason });
    },
  });
  const isOnDemand = environment.text('AWS_LAMBDA_INITIALIZATION_TYPE') === 'on-demand';
  const sessionCount = createSessionCount();
  return { config, fault, log, now, network, isOnDemand, projectSecret, sessionCount };
}

function createSessionCount(): SessionCount {
  let count = 0;
  return {
    add: () => {
      count += 1;
    },
    take: () => {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}

function wrongEnvironment(problems: readonly string[]): Fault {
  return misconfigured(`The environment is wrong: ${problems.join('; ')}.`);
}
