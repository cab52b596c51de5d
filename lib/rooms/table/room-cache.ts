/**
 * The rooms that a container has read lately, so a busy room costs one read a minute. No I/O.
 *
 * Rooms with rules or bans are not cached: both are read at every join. The first rules and the first ban
 * of a room take effect in every container once the TTL has passed.
 */
import type { Room } from '../domain/room.ts';

/** More rooms than a container usually serves in a minute; bounds its memory. */
const MAX_ROOMS = 1_000;

export interface RoomCache {
  readonly get: (name: string) => Room | undefined;
  /** @param readAtMs when the table was called, so a slow response does not extend the TTL */
  readonly set: (room: Room, readAtMs: number) => void;
}

/** @param ttlMs 0 disables the cache */
export function createRoomCache(ttlMs: number, now: () => number): RoomCache {
  const entries = new Map<string, { readonly room: Room; readonly expiresAtMs: number }>();
  return {
    get: (name) => {
      const entry = entries.get(name);
      return entry && now() < entry.expiresAtMs ? entry.room : undefined;
    },
    set: (room, readAtMs) => {
      // Deleted first, so that a map in order of insertion begins with the oldest entry.
      entries.delete(room.name);
      if (room.rules || room.hasBans) return;
      entries.set(room.name, { room, expiresAtMs: readAtMs + ttlMs });
      const [oldest] = entries.keys();
      if (entries.size > MAX_ROOMS && oldest !== undefined) entries.delete(oldest);
    },
  };
}
