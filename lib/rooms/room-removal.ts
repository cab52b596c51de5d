/**
 * Removes rooms from their table, which only some functions may.
 */
import {
  DeleteItem$,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../domain/deadline.ts';
import type { Room } from '../domain/room.ts';
import { onlyIfStill } from './room-condition.ts';
import { toKey } from './room-item.ts';
import { isDone, type RoomsTable } from './rooms-table.ts';

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface RoomRemoval {
  /** Removes a room, if there is one. */
  readonly remove: (name: string, remainingMs: RemainingMs) => Promise<void>;
  /**
   * Removes the room given as long as nobody has changed it.
   * @returns false when it is another by now, or gone, be it by an attempt before
   */
  readonly removeIfStill: (room: Room, remainingMs: RemainingMs) => Promise<boolean>;
}

export function createRoomRemoval({ createCall }: RoomsTable): RoomRemoval {
  const deleteItem = createCall<DeleteItemCommandInput, DeleteItemCommandOutput>(DeleteItem$);
  return {
    remove: async (name, remainingMs) => {
      await deleteItem({ Key: toKey(name) }, remainingMs);
    },
    removeIfStill: (room, remainingMs) =>
      isDone(deleteItem({ Key: toKey(room.name), ...onlyIfStill(room) }, remainingMs)),
  };
}
