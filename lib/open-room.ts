/**
 * The use case "open a room": one name, one session, however many ask at once. Knows no event and
 * no environment.
 *
 * First the session, then a conditional put; the loser of a race takes the winner's session. A crash
 * between the two leaves an unused session, which costs nothing.
 */

import type { CreateSession } from './create-session.ts';
import { TRUSTED } from './domain/access.ts';
import { Fault } from './domain/faults.ts';
import { assertSameOptions, isOpen, type Room } from './domain/room.ts';
import type { SessionWish } from './domain/room-request.ts';
import type { Invocation } from './invocation.ts';
import type { RoomMemory } from './rooms/room-memory.ts';
import type { RoomStore } from './rooms/room-store.ts';
import type { Credentials } from './secrets/credentials.ts';
import type { SecretCache } from './secrets/secret-cache.ts';

export interface OpenRoomDeps {
  readonly credentials: Pick<SecretCache<Credentials>, 'get'>;
  readonly createSession: CreateSession;
  readonly store: RoomStore;
  readonly memory: RoomMemory;
  /** For how long a new room lasts; `undefined` for ever. */
  readonly roomTtlSeconds: number | undefined;
}

export interface OpenRoomOrder {
  readonly name: string;
  readonly session: SessionWish;
  /** Whether the room may be created if there is none. */
  readonly mayCreate: boolean;
}

export type OpenRoom = (order: OpenRoomOrder, invocation: Invocation) => Promise<Room>;

/** A race is lost once; a room that is closed and opened all the time can lose more. */
const MAX_RACES = 3;

/**
 * The use case throws Fault `RoomNotFoundError` where the room may not be created, and
 * `RoomConflictError` where it exists with other options than were asked for.
 */
export function openRoomWith(deps: OpenRoomDeps): OpenRoom {
  const { credentials, store, memory } = deps;

  const findOrCreate = async (order: OpenRoomOrder, invocation: Invocation): Promise<Room> => {
    const { project } = await credentials.get(invocation.remainingMs());
    const isUsable = (room: Room | undefined): room is Room =>
      room !== undefined && isOpen(room, project.id, invocation.nowSeconds);
    const recalled = memory.recall(order.name);
    if (isUsable(recalled)) return recalled;
    let made: Room | undefined;
    for (let race = 0; race < MAX_RACES; race += 1) {
      const stored = await store.get(order.name, invocation.remainingMs());
      if (isUsable(stored)) return remember(memory, stored);
      if (!order.mayCreate) throw new Fault('RoomNotFoundError', 'There is no room of that name.');
      made ??= await makeRoom(deps, order, invocation);
      const isFirst = await store.put(made, stored, invocation.remainingMs());
      if (isFirst) return remember(memory, made);
    }
    throw new Fault('RoomStoreUnavailableError', 'The room is being changed; try again.', {
      retryAfterSeconds: 1,
    });
  };

  return async (order, invocation) => {
    const room = await findOrCreate(order, invocation);
    assertSameOptions(room, order.session.wanted);
    return room;
  };
}

async function makeRoom(
  { createSession, credentials, roomTtlSeconds }: OpenRoomDeps,
  { name, session: { options } }: OpenRoomOrder,
  invocation: Invocation,
): Promise<Room> {
  // Whether the caller may create the room is decided; the session is the room's, not the caller's.
  const { sessionId } = await createSession(options, { ...invocation, caller: TRUSTED });
  // Read again: creating the session may have found out that the secret was rotated.
  const { project } = await credentials.get(invocation.remainingMs());
  const { nowSeconds } = invocation;
  return {
    name,
    sessionId,
    projectId: project.id,
    options,
    createdAtSeconds: nowSeconds,
    expiresAtSeconds: roomTtlSeconds === undefined ? undefined : nowSeconds + roomTtlSeconds,
  };
}

function remember(memory: RoomMemory, room: Room): Room {
  memory.remember(room);
  return room;
}
