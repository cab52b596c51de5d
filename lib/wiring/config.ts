/**
 * Reads the configuration that all functions share. Pure: the environment is an argument.
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
   * The authorizer of the HTTP routes: IAM, JWT or none. Only `none` accepts an HTTP event without an
   * authorizer's result. Default `iam`.
   */
  readonly auth: (typeof AUTH_MODES)[number];
  /** The claim that names the highest role of an end user. Default `opentok_role`. */
  readonly roleClaim: string;
  /** The highest role of an end user whose claims name no role; `none` rejects them. Default `publisher`. */
  readonly defaultRole: Role | 'none';
  /** The claim that lists the rooms that an end user may join. Default: all rooms. */
  readonly roomsClaim: string | undefined;
  /** Whether end users get tokens by room only, never by session id. Default false; implied by `roomsClaim`. */
  readonly roomsOnly: boolean;
  /** The longest life of a token. Default: depends on the caller. */
  readonly maxTokenSeconds: number | undefined;
  /** TTL of the cached secret. Seconds. 1 to 86,400, default 300. */
  readonly secretTtlSeconds: number;
  /** How long a stale secret may be used when refreshing fails. Seconds. 0 to 86,400, default 3600. */
  readonly secretStaleSeconds: number;
  /** Base URL of the platform's REST API, without a trailing slash. Default: depends on the kind of secret. */
  readonly videoApiUrl: string | undefined;
  /** Endpoint of Secrets Manager. */
  readonly secretsManagerUrl: string;
  /** Name or ARN of the bus for the results of asynchronous requests. Default `default`. */
  readonly eventBusName: string;
  /** Endpoint of EventBridge; empty if no bus is named. */
  readonly eventBridgeUrl: string;
}

/** Problems are collected by the reader. If there are any, the configuration must not be used. */
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
    // Access by session id would bypass a list of rooms.
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
