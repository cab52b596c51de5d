/**
 * Reads one item of the table as it is now, not as it was a moment ago.
 */
import {
  GetItem$,
  type GetItemCommandInput,
  type GetItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Item } from './item-reader.ts';
import type { RoomsTable } from './rooms-table.ts';

/** Throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export type ReadItem = (key: Item, remainingMs: RemainingMs) => Promise<Item | undefined>;

export function createReadItem({ createCall }: RoomsTable): ReadItem {
  const getItem = createCall<GetItemCommandInput, GetItemCommandOutput>(GetItem$);
  return async (key, remainingMs) =>
    (await getItem({ Key: key, ConsistentRead: true }, remainingMs)).Item;
}
