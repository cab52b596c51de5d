/**
 * What both functions with rooms set up once per container, with its real collaborators.
 */
import type { Container } from '../container.ts';
import { createSessionWith } from '../create-session.ts';
import { type OpenRoom, openRoomWith } from '../open-room.ts';
import { openSessionApi } from '../platform/open-session-api.ts';
import type { RoomConfig } from './room-config.ts';
import { createRoomMemory, type RoomMemory } from './room-memory.ts';
import { createRoomStore, type RoomStore } from './room-store.ts';

export interface Rooms {
  readonly store: RoomStore;
  readonly memory: RoomMemory;
  readonly openRoom: OpenRoom;
}

export function openRooms({ config, credentials, now }: Container, roomConfig: RoomConfig): Rooms {
  const { roomsTable, dynamoDbUrl, roomCacheSeconds, roomTtlSeconds } = roomConfig;
  const store = createRoomStore({ table: roomsTable, endpoint: dynamoDbUrl });
  const memory = createRoomMemory(roomCacheSeconds * 1000, now);
  const createPlatformSession = openSessionApi(config.videoApiUrl, now);
  const createSession = createSessionWith({ credentials, createPlatformSession });
  const openRoom = openRoomWith({ credentials, createSession, store, memory, roomTtlSeconds, now });
  return { store, memory, openRoom };
}
