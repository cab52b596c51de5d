/** Finds the reference that a back end gave the room of a session. A host can change it, so it is read again. */
import type { RemainingMs } from '../../domain/deadline.ts';

interface SessionRoom {
  /** The name of the room. */
  readonly name: string;
  readonly sessionId: string;
}

/** Returns the reference in the table; `undefined` for none. */
export type ReadReference = (
  room: SessionRoom,
  remainingMs: RemainingMs,
) => Promise<string | undefined>;

export interface FindReferenceDeps {
  readonly readReference: ReadReference;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

/** Returns the reference, at most a minute old; `null` for none. Throws what a call to the table throws. */
export type FindReference = (room: SessionRoom, remainingMs: RemainingMs) => Promise<string | null>;

/** So a busy session costs a container one read a minute. */
const TTL_MS = 60_000;
/** More sessions than a container usually serves; bounds its memory. */
const MAX_CACHED = 1_000;

export function createFindReference({ readReference, now }: FindReferenceDeps): FindReference {
  const cache = new Map<string, { readonly reference: string | null; readonly readAtMs: number }>();
  return async (room, remainingMs) => {
    const readAtMs = now();
    const cached = cache.get(room.sessionId);
    if (cached && readAtMs - cached.readAtMs < TTL_MS) return cached.reference;
    const reference = (await readReference(room, remainingMs)) ?? null;
    // Deleted first, so that the map begins with the oldest entry.
    cache.delete(room.sessionId);
    cache.set(room.sessionId, { reference, readAtMs });
    const [oldest] = cache.keys();
    if (cache.size > MAX_CACHED && oldest !== undefined) cache.delete(oldest);
    return reference;
  };
}
