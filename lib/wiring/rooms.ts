/**
 * Sets up, once per container, what the functions with rooms share.
 */

import { createConnectionStore } from '../live/table/connection-store.ts';
import { createRecordRoom } from '../live/table/session-room-store.ts';
import type { Enforcement } from '../rooms/domain/room-rules.ts';
import { createRoomCache } from '../rooms/table/room-cache.ts';
import { createRoomStore, type RoomStore } from '../rooms/table/room-store.ts';
import { createRoomsTable, type RoomsTable } from '../rooms/table/rooms-table.ts';
import { createEnsureRoom, type EnsureRoom } from '../rooms/use-cases/ensure-room.ts';
import { createMakeRoom, type MakeRoom } from '../rooms/use-cases/make-room.ts';
import type { FindPerson, FindPersons } from '../rooms/use-cases/manage-participants.ts';
import { createMakeSession } from '../use-cases/create-session.ts';
import type { RoomConfig } from './config.ts';
import type { Runtime } from './runtime.ts';
import { createPlatformSessions } from './services.ts';

export interface Rooms {
  readonly table: RoomsTable;
  readonly store: RoomStore;
  readonly makeRoom: MakeRoom;
}

type RoomsRuntime = Pick<Runtime, 'config' | 'network' | 'projectSecret' | 'now' | 'sessionCount'>;

export function createRooms(
  runtime: RoomsRuntime,
  { roomsTable, dynamoDbUrl, roomTtlSeconds, liveRooms }: RoomConfig,
): Rooms {
  const { network, projectSecret } = runtime;
  const table = createRoomsTable(network.aws, { table: roomsTable, endpoint: dynamoDbUrl });
  const createPlatformSession = createPlatformSessions(runtime);
  const makeSession = createMakeSession({ projectSecret, createPlatformSession });
  const recordRoomOfSession = liveRooms ? createRecordRoom(table) : undefined;
  return {
    table,
    store: createRoomStore(table),
    makeRoom: createMakeRoom({ makeSession, roomTtlSeconds, recordRoomOfSession }),
  };
}

/** Sets up the use case of the functions that create rooms by joining them or ahead of time. */
export function setUpEnsureRoom(
  runtime: RoomsRuntime,
  roomConfig: RoomConfig,
  rooms: Rooms = createRooms(runtime, roomConfig),
): EnsureRoom {
  const { projectSecret, now } = runtime;
  const cache = createRoomCache(roomConfig.roomCacheSeconds * 1000, now);
  return createEnsureRoom({ ...rooms, projectSecret, cache, now });
}

/** Returns what the deployment enforces of the rules of rooms. */
export function toEnforcement(
  { auth, roomsOnly }: Runtime['config'],
  { liveRooms }: Pick<RoomConfig, 'liveRooms'>,
): Enforcement {
  return { allowsTokensBySessionId: auth === 'jwt' && !roomsOnly, liveRooms };
}

/** Sets up who the persons of connections are; none are known where the deployment receives no callbacks. */
export function createPersons(
  table: RoomsTable,
  { liveRooms }: Pick<RoomConfig, 'liveRooms'>,
): { readonly findPersons: FindPersons; readonly findPerson: FindPerson } {
  if (!liveRooms) return { findPersons: async () => new Map(), findPerson: async () => undefined };
  const connections = createConnectionStore(table);
  return {
    findPersons: async ({ sessionId }, remainingMs) => {
      const known = await connections.list(sessionId, remainingMs);
      return new Map(
        known.flatMap(({ connectionId, sub, name }) =>
          sub === undefined ? [] : [[connectionId, { sub, name }]],
        ),
      );
    },
    findPerson: ({ room: { sessionId }, personId }, remainingMs) =>
      connections.findPerson({ sessionId, personId }, remainingMs),
  };
}
