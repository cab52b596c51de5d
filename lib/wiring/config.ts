/**
 * What all functions are configured with. Pure: the environment is an argument.
 */

import { MAX_TOKEN_SECONDS, ROLES, type Role } from '../domain/token-request.ts';
import { readEndpoint } from './endpoint.ts';
import type { EnvironmentReader } from './environment.ts';

export const AUTH_MODES = ['iam', 'jwt', 'none'] as const;
const DAY_SECONDS = 24 * 60 * 60;

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
  /** What an end user may have whose claims name no role; `none` refuses them. Default `publisher`. */
  readonly defaultRole: Role | 'none';
  /** The claim that lists the rooms an end user may join; by default all of them. */
  readonly roomsClaim: string | undefined;
  /** Whether end users get tokens by room alone, never by session id. Default false; implied by `roomsClaim`. */
  readonly roomsOnly: boolean;
  /** The longest life of a token; by default it depends on the caller. */
  readonly maxTokenSeconds: number | undefined;
  /** For how long a secret that was read serves. Default 300. */
  readonly secretTtlSeconds: number;
  /** For how much longer it serves while it cannot be read again. Default 3600; 0 for not at all. */
  readonly secretStaleSeconds: number;
  /** Base URL of the platform's REST API, without a slash at its end; by default the one of the secret's kind. */
  readonly videoApiUrl: string | undefined;
  /** Endpoint of Secrets Manager. */
  readonly secretsManagerUrl: string;
  /** Name or ARN of the bus that results of asynchronous requests are published on. Default `default`. */
  readonly eventBusName: string;
  /** Endpoint of EventBridge; empty if there is none, and then no bus is named either. */
  readonly eventBridgeUrl: string;
}

/** What is wrong is left with the reader, by name; then the configuration is not to be used. */
export function readConfig(environment: EnvironmentReader): Config {
  const { text, url, count, oneOf, problems } = environment;
  const secretId = text('SECRET_ID');
  if (!secretId) problems.push('SECRET_ID must be the name or ARN of the secret');
  const roomsClaim = text('ROOMS_CLAIM');
  const roomsOnly = oneOf('ROOMS_ONLY', ['true', 'false']) === 'true';
  return {
    secretId: secretId ?? '',
    auth: oneOf('AUTH', AUTH_MODES) ?? 'iam',
    roleClaim: text('ROLE_CLAIM') ?? 'opentok_role',
    defaultRole: oneOf('DEFAULT_ROLE', [...ROLES, 'none']) ?? 'publisher',
    roomsClaim,
    // A list of rooms that a session id leads past is none.
    roomsOnly: roomsOnly || roomsClaim !== undefined,
    maxTokenSeconds: count('MAX_TOKEN_SECONDS', 'seconds', 1, MAX_TOKEN_SECONDS),
    secretTtlSeconds: count('SECRET_TTL_SECONDS', 'seconds', 1, DAY_SECONDS) ?? 300,
    secretStaleSeconds: count('SECRET_STALE_SECONDS', 'seconds', 0, DAY_SECONDS) ?? 3600,
    videoApiUrl: url('VIDEO_API_URL'),
    secretsManagerUrl: readEndpoint(environment, 'SECRETS_MANAGER'),
    eventBusName: text('EVENT_BUS_NAME') ?? 'default',
    eventBridgeUrl: readEndpoint(environment, 'EVENTBRIDGE', text('EVENT_BUS_NAME') !== undefined),
  };
}
