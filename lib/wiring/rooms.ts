/**
 * What the functions with rooms set up once per container, with its real collaborators.
 */

import { createRoomCache } from '../rooms/table/room-cache.ts';
import { createRoomStore, type RoomStore } from '../rooms/table/room-store.ts';
import { createRoomsTable, type RoomsTable } from '../rooms/table/rooms-table.ts';
import { type EnsureRoom, ensureRoomWith } from '../rooms/use-cases/ensure-room.ts';
import { type MakeRoom, makeRoomWith } from '../rooms/use-cases/make-room.ts';
import { createSessionWith } from '../use-cases/create-session.ts';
import type { RoomConfig } from './room-config.ts';
import type { Runtime } from './runtime.ts';
import { openSessionApi } from './session-api.ts';

export interface Rooms {
  readonly table: RoomsTable;
  readonly store: RoomStore;
  readonly makeRoom: MakeRoom;
}

type RoomsRuntime = Pick<Runtime, 'config' | 'network' | 'projectSecret' | 'now'>;

export function createRooms(
  runtime: RoomsRuntime,
  { roomsTable, dynamoDbUrl, roomTtlSeconds }: RoomConfig,
): Rooms {
  const { network, projectSecret } = runtime;
  const table = createRoomsTable(network.aws, { table: roomsTable, endpoint: dynamoDbUrl });
  const createPlatformSession = openSessionApi(runtime);
  const createSession = createSessionWith({ projectSecret, createPlatformSession });
  return {
    table,
    store: createRoomStore(table),
    makeRoom: makeRoomWith({ createSession, roomTtlSeconds }),
  };
}

/** For those who open rooms by joining them, or ahead of time. */
export function createEnsureRoom(
  runtime: RoomsRuntime,
  roomConfig: RoomConfig,
  rooms: Rooms = createRooms(runtime, roomConfig),
): EnsureRoom {
  const { projectSecret, now } = runtime;
  const cache = createRoomCache(roomConfig.roomCacheSeconds * 1000, now);
  return ensureRoomWith({ ...rooms, projectSecret, cache, now });
}

/**
 * Whether end users get tokens by session id, and so past the rules of any room. Where IAM guards the
 * routes there are none.
 */
export function allowsTokensBySessionId({ auth, roomsOnly }: Runtime['config']): boolean {
  return auth === 'jwt' && !roomsOnly;
}
