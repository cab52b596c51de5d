/**
 * The environment, turned into what the functions are configured with. Pure: the environment is an
 * argument. Numbers and URLs are parsed here and nowhere else.
 */
import { MAX_TOKEN_SECONDS } from './domain/token-request.ts';

export const AUTH_MODES = ['iam', 'jwt', 'none'] as const;
const DAY_SECONDS = 24 * 60 * 60;
const DEFAULT_ROLE_CLAIM = 'opentok_role';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  /** Name or ARN of the secret in Secrets Manager. */
  readonly secretId: string;
  /**
   * Who guards the HTTP routes: API Gateway's IAM or JWT authorizer, or nobody. Only `none` lets an
   * HTTP event without an authorizer's result pass. Default `iam`.
   */
  readonly auth: (typeof AUTH_MODES)[number];
  /** The claim that names the highest role an end user may have. Default `opentok_role`. */
  readonly roleClaim: string;
  /** The longest life of a token; by default it depends on the caller. */
  readonly maxTokenSeconds: number | undefined;
  /** For how long a secret that was read serves. Default 300. */
  readonly secretTtlSeconds: number;
  /** For how much longer it serves while it cannot be read again. Default 3600; 0 for not at all. */
  readonly secretStaleSeconds: number;
  /** Base URL of the platform's REST API, without a slash at its end; by default the one of the secret's kind. */
  readonly videoApiUrl: string | undefined;
  /** Endpoint of Secrets Manager; by default AWS's own in the function's region. */
  readonly secretsManagerUrl: string | undefined;
  /** Name or ARN of the bus that results of asynchronous requests are published on. Default `default`. */
  readonly eventBusName: string;
  /** Endpoint of EventBridge; by default AWS's own in the function's region. */
  readonly eventBridgeUrl: string | undefined;
}

/**
 * @returns the configuration and, by name, every variable that is missing or wrong; with a problem
 *   the configuration is not to be used
 */
export function readConfig(environment: Environment): {
  readonly config: Config;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const readUrl = (name: string): string | undefined => {
    const value = environment[name];
    if (value === undefined || value === '') return undefined;
    if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
      problems.push(`${name} must be an http: or https: URL`);
    }
    return value.replace(/\/+$/, '');
  };
  const readSeconds = (name: string, min: number, max: number): number | undefined => {
    const value = environment[name];
    if (value === undefined || value === '') return undefined;
    const seconds = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (seconds >= min && seconds <= max) return seconds;
    problems.push(`${name} must be whole seconds from ${min} to ${max}`);
    return undefined;
  };
  const secretId = environment['SECRET_ID'] ?? '';
  if (secretId === '') problems.push('SECRET_ID must be the name or ARN of the secret');
  const auth = AUTH_MODES.find((mode) => mode === (environment['AUTH'] || 'iam'));
  if (!auth) problems.push(`AUTH must be one of ${AUTH_MODES.join(', ')}`);
  const config: Config = {
    secretId,
    auth: auth ?? 'iam',
    roleClaim: environment['ROLE_CLAIM'] || DEFAULT_ROLE_CLAIM,
    maxTokenSeconds: readSeconds('MAX_TOKEN_SECONDS', 1, MAX_TOKEN_SECONDS),
    secretTtlSeconds: readSeconds('SECRET_TTL_SECONDS', 1, DAY_SECONDS) ?? 300,
    secretStaleSeconds: readSeconds('SECRET_STALE_SECONDS', 0, DAY_SECONDS) ?? 3600,
    videoApiUrl: readUrl('VIDEO_API_URL'),
    secretsManagerUrl: readUrl('AWS_ENDPOINT_URL_SECRETS_MANAGER'),
    eventBusName: environment['EVENT_BUS_NAME'] || 'default',
    eventBridgeUrl: readUrl('AWS_ENDPOINT_URL_EVENTBRIDGE'),
  };
  return { config, problems };
}
