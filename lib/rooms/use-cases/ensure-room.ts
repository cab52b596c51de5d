/**
 * The use case "open a room": one name, one session, however many ask at once. Knows no event and
 * no environment.
 *
 * First the session, then a conditional put; the loser of a race takes the winner's session. A crash
 * between the two leaves an unused session, which costs nothing.
 */

import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { assertSameOptions, hasOptions, isJoinable, type Room } from '../domain/room.ts';
import { type RoomCreation, refuseCreation } from '../domain/room-access.ts';
import type { RequestedSession } from '../domain/room-request.ts';
import { roomFault } from '../faults.ts';
import type { RoomCache } from '../table/room-cache.ts';
import type { RoomStore } from '../table/room-store.ts';
import { findRoom } from './find-room.ts';
import { createKeyedMutex } from './keyed-mutex.ts';
import type { MakeRoom } from './make-room.ts';

export interface EnsureRoomDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly makeRoom: MakeRoom;
  readonly store: RoomStore;
  readonly cache: RoomCache;
  /** The clock that the memory goes by. */
  readonly now: () => number;
}

export interface EnsureRoomRequest {
  readonly name: string;
  readonly session: RequestedSession;
  /** What may be done if there is no such room. */
  readonly creation: RoomCreation;
  /** What a room that is made is to be, beyond a session; by default nothing. */
  readonly toNewRoom?: (made: Room) => Room;
}

export type EnsureRoom = (request: EnsureRoomRequest, invocation: Invocation) => Promise<Room>;

/** A race is lost once; a room that is closed and opened all the time can lose more. */
const MAX_RACES = 3;

/**
 * The use case throws Fault `RoomNotFoundError` where the room may not be created, `ForbiddenError`
 * where it may not be created with the options that were asked for, and `RoomConflictError` where it
 * exists with others.
 */
export function ensureRoomWith(deps: EnsureRoomDeps): EnsureRoom {
  const { projectSecret, store, cache, now } = deps;
  const keyedMutex = createKeyedMutex();

  /** Memory may only say yes: a refusal may rest on a room that is gone since. */
  const findRemembered = async (request: EnsureRoomRequest, invocation: Invocation) => {
    const room = cache.get(request.name);
    if (!room || !hasOptions(room, request.session.requested)) return undefined;
    const { project } = await projectSecret.get(invocation.remainingMs);
    return isJoinable(room, project.id, invocation.nowSeconds) ? room : undefined;
  };

  const findOrCreate = async (
    request: EnsureRoomRequest,
    invocation: Invocation,
  ): Promise<Room> => {
    const { toNewRoom = (room) => room } = request;
    const refusal = refuseCreation(request.creation, request.session.requested);
    let made: Room | undefined;
    for (let race = 0; race < MAX_RACES; race += 1) {
      const askedAtMs = now();
      const { stored, room } = await findRoom(deps, request.name, invocation, !refusal);
      if (room) {
        cache.set(room, askedAtMs);
        return room;
      }
      if (refusal) throw refusal;
      made ??= toNewRoom(await deps.makeRoom(request.name, request.session.options, invocation));
      const putAtMs = now();
      const isFirst = await store.put(made, stored, invocation.remainingMs);
      if (isFirst) {
        cache.set(made, putAtMs);
        return made;
      }
    }
    throw roomFault('RoomStoreUnavailableError', 'The room is being changed; try again.', {
      retryAfterSeconds: 1,
    });
  };

  return async (request, invocation) => {
    const remembered = await findRemembered(request, invocation);
    if (remembered) return remembered;
    const room = await keyedMutex(
      request.name,
      invocation.remainingMs,
      async () => (await findRemembered(request, invocation)) ?? findOrCreate(request, invocation),
    );
    assertSameOptions(room, request.session.requested);
    return room;
  };
}
