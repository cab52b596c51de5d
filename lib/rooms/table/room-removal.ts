/**
 * Removes rooms from their table, which only some functions may.
 */
import {
  DeleteItem$,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import type { Room } from '../domain/room.ts';
import type { Item } from './item-reader.ts';
import { createListItems } from './partition.ts';
import { createReadItem } from './read-item.ts';
import { onlyIfOf, onlyIfStill } from './room-condition.ts';
import { toKey } from './room-item.ts';
import { isDone, type RoomsTable } from './rooms-table.ts';

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface RoomRemoval {
  /**
   * Removes the room that exists when the call begins, malformed or not, and none that is created
   * since: each attempt is conditional on the session.
   * @returns the id of its session
   */
  readonly remove: (name: string, remainingMs: RemainingMs) => Promise<string | undefined>;
  /**
   * Removes the room given as long as nobody has changed it.
   * @returns false when it is another by now, or gone, be it by an attempt before
   */
  readonly removeIfStill: (room: Room, remainingMs: RemainingMs) => Promise<boolean>;
  /**
   * Removes what belongs to a room that is gone: its invites and knocks, some hundred at most. What is
   * left does nothing, because it names the session of a room that there is no more.
   */
  readonly removeRest: (
    of: { readonly room: string; readonly sessionId: string },
    remainingMs: RemainingMs,
  ) => Promise<void>;
}

const REMOVED_AT_MOST = 500;
const REMOVED_AT_ONCE = 20;

export function createRoomRemoval(table: RoomsTable): RoomRemoval {
  const deleteItem = table.createCall<DeleteItemCommandInput, DeleteItemCommandOutput>(DeleteItem$);
  const listItems = createListItems(table);
  const readItem = createReadItem(table);
  return {
    remove: async (name, remainingMs) => {
      const Key = toKey(name);
      const { sessionId } = (await readItem(Key, remainingMs)) ?? {};
      const condition = sessionId
        ? onlyIfOf(sessionId)
        : { ConditionExpression: 'attribute_not_exists(sessionId)' };
      await isDone(deleteItem({ Key, ...condition }, remainingMs));
      return sessionId?.S;
    },
    removeIfStill: (room, remainingMs) =>
      isDone(deleteItem({ Key: toKey(room.name), ...onlyIfStill(room) }, remainingMs)),
    removeRest: async ({ room, sessionId }, remainingMs) => {
      const query = { room, sessionId, limit: REMOVED_AT_MOST };
      const items = await listItems(query, remainingMs);
      const removeItem = async ({ room: name, item }: Item) => {
        const key = { room: name, item } as Item;
        await isDone(deleteItem({ Key: key, ...onlyIfOf({ S: sessionId }) }, remainingMs));
      };
      await mapConcurrently(items, removeItem, { limit: REMOVED_AT_ONCE });
    },
  };
}
