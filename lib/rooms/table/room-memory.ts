/**
 * Rooms that a container has seen lately, so that a busy room is one read a minute. No I/O.
 *
 * A room that a host has put rules on is not kept: its door is what the table says at the moment of
 * each join. Where none ever did, the first rules hold everywhere once the memory's time is over.
 */
import type { Room } from '../domain/room.ts';

/** Far more rooms than one container meets in a minute; bounds the memory of one that meets many. */
const MAX_ROOMS = 1_000;

export interface RoomMemory {
  readonly recall: (name: string) => Room | undefined;
  /** @param askedAtMs when the table was asked, so that a slow answer does not count as a fresh one */
  readonly remember: (room: Room, askedAtMs: number) => void;
}

export function createRoomMemory(ttlMs: number, now: () => number): RoomMemory {
  const remembered = new Map<string, { readonly room: Room; readonly untilMs: number }>();
  return {
    recall: (name) => {
      const entry = remembered.get(name);
      return entry && now() < entry.untilMs ? entry.room : undefined;
    },
    remember: (room, askedAtMs) => {
      if (room.rules) {
        remembered.delete(room.name);
        return;
      }
      // Put at the end, so that the first is the one remembered longest ago.
      remembered.delete(room.name);
      remembered.set(room.name, { room, untilMs: askedAtMs + ttlMs });
      const [oldest] = remembered.keys();
      if (remembered.size > MAX_ROOMS && oldest !== undefined) remembered.delete(oldest);
    },
  };
}
