/**
 * Reads the configuration of the functions with rooms. Pure: the environment is an argument.
 */
import { readEndpoint } from './endpoint.ts';
import type { EnvironmentReader } from './environment.ts';
import { readRoomsTable } from './rooms-table.ts';

const DAY_SECONDS = 24 * 60 * 60;

export interface RoomConfig {
  /** Name or ARN of the DynamoDB table. */
  readonly roomsTable: string;
  /** Whether any end user may create a room, with the default options, by joining it. Default false: hosts only. */
  readonly openRooms: boolean;
  /** How long a room lasts. Default: it never expires. */
  readonly roomTtlSeconds: number | undefined;
  /** TTL of the room cache of a container. Seconds. 0 to 86,400, default 60; 0 disables the cache. */
  readonly roomCacheSeconds: number;
  /** Whether the routes of the vendor's sample servers exist. Default false. */
  readonly sampleRoutes: boolean;
  /** Endpoint of DynamoDB. */
  readonly dynamoDbUrl: string;
}

export function readRoomConfig(environment: EnvironmentReader): RoomConfig {
  const { count, oneOf } = environment;
  const ttlDays = count('ROOM_TTL_DAYS', 'days', 1, 3650);
  return {
    roomsTable: readRoomsTable(environment),
    openRooms: oneOf('OPEN_ROOMS', ['true', 'false']) === 'true',
    roomTtlSeconds: ttlDays === undefined ? undefined : ttlDays * DAY_SECONDS,
    roomCacheSeconds: count('ROOM_CACHE_SECONDS', 'seconds', 0, DAY_SECONDS) ?? 60,
    sampleRoutes: oneOf('SAMPLE_ROUTES', ['true', 'false']) === 'true',
    dynamoDbUrl: readEndpoint(environment, 'DYNAMODB'),
  };
}
