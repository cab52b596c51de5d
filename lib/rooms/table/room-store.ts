/**
 * Rooms in their table, read and put.
 */
import {
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Room } from '../domain/room.ts';
import { createReadItem } from './read-item.ts';
import { onlyIfOf, onlyIfStill, onlyIfThereIsNone } from './room-condition.ts';
import { fromItem, toItem, toKey } from './room-item.ts';
import { isDone, type RoomsTable } from './rooms-table.ts';

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface RoomStore {
  /** Reads what is true now, not a moment ago. Throws Fault `InvalidRoomItemError` as well. */
  readonly get: (name: string, remainingMs: RemainingMs) => Promise<Room | undefined>;
  /**
   * Puts a room where there is none, or in place of the one given as long as nobody has changed it.
   * @returns false when it is another by now, or this very one by an attempt before
   */
  readonly put: (
    room: Room,
    replaced: Room | undefined,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /**
   * Puts a room in place of itself, whoever has given it other rules meanwhile.
   * @returns false when it is gone, or another one has its name
   */
  readonly replace: (room: Room, remainingMs: RemainingMs) => Promise<boolean>;
}

export function createRoomStore(table: RoomsTable): RoomStore {
  const readItem = createReadItem(table);
  const putItem = table.createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  return {
    get: async (name, remainingMs) => {
      const item = await readItem(toKey(name), remainingMs);
      return item && fromItem(item);
    },
    put: (room, replaced, remainingMs) => {
      const condition = replaced ? onlyIfStill(replaced) : onlyIfThereIsNone;
      return isDone(putItem({ Item: toItem(room), ...condition }, remainingMs));
    },
    replace: (room, remainingMs) =>
      isDone(putItem({ Item: toItem(room), ...onlyIfOf({ S: room.sessionId }) }, remainingMs)),
  };
}
