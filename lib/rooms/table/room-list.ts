/**
 * Reads rooms in the order of their names, a batch at a time: all rooms from an index of the table, or the
 * rooms of a list of names.
 */
import { Query$, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { Fault } from '../../domain/faults.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import { isStoredRoomName, type Room } from '../domain/room.ts';
import { fromItem, LISTING, type RoomStore } from './room-store.ts';
import type { Item, RoomsTable } from './rooms-table.ts';

/**
 * Keys `listing` and `room`, all attributes (deploy/resources/rooms.js). Only the item of a room has the
 * attribute `listing`, so writes of guests do not cost a second write to the index.
 */
export const ROOMS_INDEX = 'rooms';

/** At most `size` items, whether or not they can be read. */
export interface BatchOfRooms {
  readonly rooms: readonly Room[];
  /** Fault `InvalidRoomItemError` of each item that cannot be read. */
  readonly malformed: readonly Fault[];
  /** The name to continue after; `undefined` at the end. */
  readonly next: string | undefined;
}

/**
 * Reads the rooms that come next in the order of ASCII, also expired ones and those of other projects. Throws
 * Fault `RoomStoreUnavailableError` or `ConfigurationError`.
 */
export type ReadRooms = (
  from: { readonly after: string | undefined; readonly size: number },
  remainingMs: RemainingMs,
) => Promise<BatchOfRooms>;

/** Reads all rooms. A change of the table reaches the index within a second. */
export function createReadAllRooms({ createCall }: RoomsTable): ReadRooms {
  const query = createCall<QueryCommandInput, QueryCommandOutput>(Query$);
  return async ({ after, size }, remainingMs) => {
    const { Items = [], LastEvaluatedKey: last } = await query(
      {
        IndexName: ROOMS_INDEX,
        KeyConditionExpression: `listing = :listing${after === undefined ? '' : ' AND #room > :after'}`,
        ...(after !== undefined && { ExpressionAttributeNames: { '#room': 'room' } }),
        ExpressionAttributeValues: {
          ':listing': { S: LISTING },
          ...(after !== undefined && { ':after': { S: after } }),
        },
        Limit: size,
      },
      remainingMs,
    );
    return { ...toBatch(Items.map(readItem)), next: last?.['room']?.S };
  };
}

/** Reads the rooms with these names, with strong consistency, and no other item. */
export function createReadNamedRooms(
  { get }: Pick<RoomStore, 'get'>,
  names: readonly string[],
): ReadRooms {
  const sorted = [...new Set(names)].filter(isStoredRoomName).sort();
  return async ({ after = '', size }, remainingMs) => {
    const following = sorted.filter((name) => name > after);
    const batch = following.slice(0, size);
    const results = await mapConcurrently(batch, (name) =>
      get(name, remainingMs).catch(toMalformed),
    );
    return { ...toBatch(results), next: following.length > size ? batch.at(-1) : undefined };
  };
}

function readItem(item: Item): Room | Fault {
  try {
    return fromItem(item);
  } catch (error) {
    return toMalformed(error);
  }
}

function toBatch(
  results: readonly (Room | Fault | undefined)[],
): Pick<BatchOfRooms, 'rooms' | 'malformed'> {
  const found = results.filter((result) => result !== undefined);
  return {
    rooms: found.filter((result): result is Room => !(result instanceof Fault)),
    malformed: found.filter((result) => result instanceof Fault),
  };
}

/** Returns the error of an item that cannot be read, so that it does not hide the other rooms. */
function toMalformed(error: unknown): Fault {
  if (error instanceof Fault && error.name === 'InvalidRoomItemError') return error;
  throw error;
}
