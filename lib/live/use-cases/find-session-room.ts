/** Finds the room that a session belongs to. A session belongs to at most one room, forever. */
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { FindRecordedRoom, RecordRoom } from '../table/session-room-store.ts';

/** Returns the name of the room that has the session now; `undefined` for none. */
export type FindRoomOfSession = (
  sessionId: string,
  remainingMs: RemainingMs,
) => Promise<string | undefined>;

export interface FindSessionRoomDeps {
  readonly findRecordedRoom: FindRecordedRoom;
  readonly recordRoom: RecordRoom;
  /** Eventually consistent, so it may miss a room that was just made. Such a room is recorded. */
  readonly findRoomOfSession: FindRoomOfSession;
}

type Clock = Pick<Invocation, 'nowSeconds' | 'remainingMs'>;

/** Returns the name of the room; `null` for a session without a room. Throws what a call to the table throws. */
export type FindSessionRoom = (sessionId: string, clock: Clock) => Promise<string | null>;

/** More sessions than a container usually serves; bounds its memory. */
const MAX_CACHED = 1_000;

/** Finds a room that was closed or has expired, too, if it was recorded. */
export function createFindSessionRoom({
  findRecordedRoom,
  recordRoom,
  findRoomOfSession,
}: FindSessionRoomDeps): FindSessionRoom {
  const cache = new Map<string, string>();

  const find = async (sessionId: string, { nowSeconds, remainingMs }: Clock) => {
    const recorded = await findRecordedRoom(sessionId, remainingMs);
    if (recorded !== undefined) return recorded;
    const name = await findRoomOfSession(sessionId, remainingMs);
    if (name !== undefined) await recordRoom({ sessionId, name, nowSeconds }, remainingMs);
    return name;
  };

  return async (sessionId, clock) => {
    const cached = cache.get(sessionId);
    if (cached !== undefined) return cached;
    const name = await find(sessionId, clock);
    if (name === undefined) return null;
    cache.set(sessionId, name);
    const [oldest] = cache.keys();
    if (cache.size > MAX_CACHED && oldest !== undefined) cache.delete(oldest);
    return name;
  };
}
