/**
 * Finds a room, or creates it: one name, one session, however many requests arrive at once. Knows no
 * event and no environment.
 *
 * First the session is created, then the room is put under a condition; a request that loses the race
 * uses the session of the winner. A crash between the two leaves an unused session, which costs nothing.
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
import type { MakeRoom, RoomOfProject } from './make-room.ts';

export interface EnsureRoomDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly makeRoom: MakeRoom;
  readonly store: Pick<RoomStore, 'get' | 'put'>;
  readonly cache: RoomCache;
  /** The clock of the cache, in milliseconds. */
  readonly now: () => number;
}

export interface EnsureRoomRequest {
  readonly name: string;
  readonly session: RequestedSession;
  /** What the caller may do if there is no such room. */
  readonly creation: RoomCreation;
  /** Credentials that the request has read. */
  readonly credentials: Credentials;
  /** Completes a room that is created, for example with rules. Default: as it is. */
  readonly toNewRoom?: (made: Room) => Room;
}

/** Returns the room and the credentials of its project. */
export type EnsureRoom = (
  request: EnsureRoomRequest,
  invocation: Pick<Invocation, 'nowSeconds' | 'remainingMs'>,
) => Promise<RoomOfProject>;

/** A request usually loses one race; where a room is deleted and created all the time, more. */
const MAX_RACES = 3;

/**
 * The use case throws Fault `RoomNotFoundError` if the room does not exist and may not be created,
 * `ForbiddenError` if it may not be created with these options, and `RoomConflictError` if it exists with
 * other options.
 */
export function createEnsureRoom(deps: EnsureRoomDeps): EnsureRoom {
  const { store, cache, now } = deps;
  const keyedMutex = createKeyedMutex();

  /** A cached room may be gone, so it is a reason to let in, never to reject. */
  const findCached = (
    { name, session, credentials }: EnsureRoomRequest,
    nowSeconds: number,
  ): RoomOfProject | undefined => {
    const room = cache.get(name);
    if (!room || !hasOptions(room, session.requested)) return undefined;
    return isJoinable(room, credentials.project.id, nowSeconds) ? { room, credentials } : undefined;
  };

  const findOrCreate: EnsureRoom = async (request, invocation) => {
    const { name, session, toNewRoom = (room) => room } = request;
    const refusal = refuseCreation(request.creation, session.requested);
    let made: RoomOfProject | undefined;
    for (let race = 0; race < MAX_RACES; race += 1) {
      const readAtMs = now();
      const known = made?.credentials ?? request.credentials;
      const found = await findRoom(deps, name, invocation, { known, mayReplace: !refusal });
      const { stored, room, credentials } = found;
      if (room) {
        cache.set(room, readAtMs);
        return { room, credentials };
      }
      if (refusal) throw refusal;
      if (made?.room.projectId !== credentials.project.id) {
        const { options } = session;
        const fresh = await deps.makeRoom({ name, options, credentials }, invocation);
        made = { ...fresh, room: toNewRoom(fresh.room) };
      }
      const putAtMs = now();
      if (await store.put(made.room, stored, invocation.remainingMs)) {
        cache.set(made.room, putAtMs);
        return made;
      }
    }
    throw roomFault('RoomStoreUnavailableError', 'The room is being changed. Retry in a second.', {
      retryAfterSeconds: 1,
    });
  };

  return async (request, invocation) => {
    const { nowSeconds, remainingMs } = invocation;
    const cached = findCached(request, nowSeconds);
    if (cached) return cached;
    const ensured = await keyedMutex(
      request.name,
      remainingMs,
      async () => findCached(request, nowSeconds) ?? findOrCreate(request, invocation),
    );
    assertSameOptions(ensured.room, request.session.requested);
    return ensured;
  };
}
