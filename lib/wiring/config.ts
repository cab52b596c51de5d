/**
 * Reads the functions' configuration from environment variables: the only file that names them, except for
 * Lambda's own (runtime.ts, network.ts). Pure: the environment is an argument.
 *
 * Problems are collected in the reader, each with the variable's name. A configuration with problems must not
 * be used. docs/parameters.md maps each variable to a parameter of the deployment.
 */

import { MAX_TOKEN_SECONDS, ROLES, type Role } from '../domain/token-request.ts';
import type { EnvironmentReader } from './environment.ts';

export const AUTH_MODES = ['iam', 'jwt', 'none'] as const;
const BOOLEANS = ['true', 'false'] as const;
const DAY_SECONDS = 24 * 60 * 60;

/** The configuration that every function reads. */
export interface Config {
  /** Name or ARN of the secret in Secrets Manager. */
  readonly secretId: string;
  /**
   * The authorizer of the HTTP routes: API Gateway's IAM or JWT authorizer. `none` trusts every HTTP event and
   * is for `npm start` only. Default `iam`.
   */
  readonly auth: (typeof AUTH_MODES)[number];
  /** The claim with the highest role of an end user. Default `opentok_role`. */
  readonly roleClaim: string;
  /** The highest role of an end user without that claim; `none` rejects such users. Default `publisher`. */
  readonly defaultRole: Role | 'none';
  /** The claim with the rooms that an end user may join. `undefined`: all rooms. */
  readonly roomsClaim: string | undefined;
  /** Whether end users get tokens by room name only, never by session id. Default false; implied by `roomsClaim`. */
  readonly roomsOnly: boolean;
  /** The longest lifetime of a token, in seconds. 1 to 2,592,000; `undefined`: the caller's own limit. */
  readonly maxTokenSeconds: number | undefined;
  /** How long a secret is used before it is read again, in seconds. 1 to 86,400, default 300. */
  readonly secretTtlSeconds: number;
  /** How much longer a secret may be used when reading it fails, in seconds. 0 to 86,400, default 3,600. */
  readonly secretStaleSeconds: number;
  /** Base URL of the platform's REST API, without a trailing slash. `undefined`: the one of the secret's kind. */
  readonly videoApiUrl: string | undefined;
  /** Endpoint of Secrets Manager. */
  readonly secretsManagerUrl: string;
  /** Name or ARN of the bus for results of asynchronous requests. Default `default`. */
  readonly eventBusName: string;
  /** Endpoint of EventBridge. Empty if the function publishes no results. */
  readonly eventBridgeUrl: string;
}

export function readConfig(environment: EnvironmentReader): Config {
  const { text, url, count, oneOf, problems } = environment;
  const secretId = text('SECRET_ID');
  if (!secretId) problems.push('SECRET_ID must be the name or ARN of the secret');
  const roomsClaim = text('ROOMS_CLAIM');
  const roomsOnly = oneOf('ROOMS_ONLY', BOOLEANS) === 'true';
  return {
    secretId: secretId ?? '',
    auth: oneOf('AUTH', AUTH_MODES) ?? 'iam',
    roleClaim: text('ROLE_CLAIM') ?? 'opentok_role',
    defaultRole: oneOf('DEFAULT_ROLE', [...ROLES, 'none']) ?? 'publisher',
    roomsClaim,
    // A list of rooms would be worthless if a session id opened any session.
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

/** The table of rooms. */
export interface TableConfig {
  /** Name or ARN of the DynamoDB table. */
  readonly roomsTable: string;
  /** Endpoint of DynamoDB. */
  readonly dynamoDbUrl: string;
}

/** The configuration of the functions that create, join and manage rooms. */
export interface RoomConfig extends TableConfig {
  /** Whether any end user may create a room, with the default options, by joining it. Default false: hosts only. */
  readonly openRooms: boolean;
  /** How long a room exists, in seconds: 1 to 3,650 days. `undefined`: forever. */
  readonly roomTtlSeconds: number | undefined;
  /** How long a container uses a room without reading the table, in seconds. 0 to 86,400, default 60; 0 disables it. */
  readonly roomCacheSeconds: number;
  /** Whether the platform's callbacks are received, so the service knows who is connected. Default false. */
  readonly liveRooms: boolean;
  /** Whether the routes of the vendor's sample servers exist. Default false. */
  readonly sampleRoutes: boolean;
  /** Whether messages may request invites. The result events then contain the secrets. Default false. */
  readonly inviteResults: boolean;
}

export function readRoomConfig(environment: EnvironmentReader): RoomConfig {
  const { count, oneOf } = environment;
  const ttlDays = count('ROOM_TTL_DAYS', 'days', 1, 3650);
  return {
    ...readTableConfig(environment),
    openRooms: oneOf('OPEN_ROOMS', BOOLEANS) === 'true',
    roomTtlSeconds: ttlDays === undefined ? undefined : ttlDays * DAY_SECONDS,
    roomCacheSeconds: count('ROOM_CACHE_SECONDS', 'seconds', 0, DAY_SECONDS) ?? 60,
    liveRooms: oneOf('LIVE_ROOMS', BOOLEANS) === 'true',
    sampleRoutes: oneOf('SAMPLE_ROUTES', BOOLEANS) === 'true',
    inviteResults: oneOf('INVITE_RESULTS', BOOLEANS) === 'true',
  };
}

/** The configuration of the function for guests. */
export interface GuestConfig extends TableConfig {
  /** Requests per minute of one unknown client address. 1 to 10,000, default 30. */
  readonly guestRequestsPerMinute: number;
}

export function readGuestConfig(environment: EnvironmentReader): GuestConfig {
  const { count } = environment;
  return {
    ...readTableConfig(environment),
    guestRequestsPerMinute: count('GUEST_REQUESTS_PER_MINUTE', 'requests', 1, 10_000) ?? 30,
  };
}

export function readTableConfig(environment: EnvironmentReader): TableConfig {
  const roomsTable = environment.text('ROOMS_TABLE');
  if (!roomsTable) {
    environment.problems.push('ROOMS_TABLE must be the name or ARN of the table of rooms');
  }
  return { roomsTable: roomsTable ?? '', dynamoDbUrl: readEndpoint(environment, 'DYNAMODB') };
}

const SERVICES = {
  SECRETS_MANAGER: 'Secrets Manager',
  DYNAMODB: 'DynamoDB',
  EVENTBRIDGE: 'EventBridge',
} as const;

/**
 * Reads the endpoint of an AWS service from the variables that AWS documents for it. The template sets them
 * (deploy/resources/endpoints.js), so no code here derives names from regions and partitions.
 *
 * @param isRequired whether a missing endpoint is a problem. Default true.
 */
function readEndpoint(
  { url, problems }: EnvironmentReader,
  id: keyof typeof SERVICES,
  isRequired = true,
): string {
  const endpoint = url(`AWS_ENDPOINT_URL_${id}`) ?? url('AWS_ENDPOINT_URL') ?? '';
  if (!endpoint && isRequired) {
    problems.push(`AWS_ENDPOINT_URL_${id} must be the address of ${SERVICES[id]} in this region`);
  }
  return endpoint;
}
