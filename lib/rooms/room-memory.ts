/**
 * Rooms that a container has seen lately, so that a busy room is one read a minute. No I/O.
 */
import type { Room } from '../domain/room.ts';

/** Far more rooms than one container meets in a minute; bounds the memory of one that meets many. */
const MAX_ROOMS = 1_000;

export interface RoomMemory {
  readonly recall: (name: string) => Room | undefined;
  /** @param askedAtMs when the table was asked, so that a slow answer does not count as a fresh one */
  readonly remember: (room: Room, askedAtMs: number) => void;
  readonly forget: (name: string) => void;
}

export function createRoomMemory(ttlMs: number, now: () => number): RoomMemory {
  const remembered = new Map<string, { readonly room: Room; readonly untilMs: number }>();
  return {
    recall: (name) => {
      const entry = remembered.get(name);
      return entry && now() < entry.untilMs ? entry.room : undefined;
    },
    remember: (room, askedAtMs) => {
      // Put at the end, so that the first is the one remembered longest ago.
      remembered.delete(room.name);
      remembered.set(room.name, { room, untilMs: askedAtMs + ttlMs });
      const [oldest] = remembered.keys();
      if (remembered.size > MAX_ROOMS && oldest !== undefined) remembered.delete(oldest);
    },
    forget: (name) => {
      remembered.delete(name);
    },
  };
}
