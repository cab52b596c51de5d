/**
 * What only the functions with rooms are configured with. Pure: the environment is an argument.
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
  /** For how long a room lasts; by default for ever. */
  readonly roomTtlSeconds: number | undefined;
  /** For how long a container serves a room without asking the table. Default 60; 0 for not at all. */
  readonly roomCacheSeconds: number;
  /** Whether the routes of the vendor's sample servers are answered. Default false. */
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
