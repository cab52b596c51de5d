/**
 * What both functions with rooms set up once per container, with its real collaborators.
 */

import { createRoomMemory, type RoomMemory } from '../rooms/room-memory.ts';
import { createRoomStore, type RoomStore } from '../rooms/room-store.ts';
import { createSessionWith } from '../use-cases/create-session.ts';
import { type EnsureRoom, ensureRoomWith } from '../use-cases/ensure-room.ts';
import type { RoomConfig } from './room-config.ts';
import type { Runtime } from './runtime.ts';
import { openSessionApi } from './session-api.ts';

export interface Rooms {
  readonly store: RoomStore;
  readonly memory: RoomMemory;
  readonly ensureRoom: EnsureRoom;
}

export function createRooms(
  runtime: Pick<Runtime, 'config' | 'network' | 'projectSecret' | 'now'>,
  roomConfig: RoomConfig,
): Rooms {
  const { network, projectSecret, now } = runtime;
  const { roomsTable, dynamoDbUrl, roomCacheSeconds, roomTtlSeconds } = roomConfig;
  const store = createRoomStore(network.aws, { table: roomsTable, endpoint: dynamoDbUrl });
  const memory = createRoomMemory(roomCacheSeconds * 1000, now);
  const createPlatformSession = openSessionApi(runtime);
  const createSession = createSessionWith({ projectSecret, createPlatformSession });
  const ensureRoom = ensureRoomWith({
    projectSecret,
    createSession,
    store,
    memory,
    roomTtlSeconds,
    now,
  });
  return { store, memory, ensureRoom };
}
