/**
 * Reads the reference of a room. Apart from the store of rooms, because the function of callbacks needs nothing else
 * of a room, and bundles no validation of rooms.
 */
import type { RemainingMs } from '../../domain/deadline.ts';
import { createReadItem, type RoomsTable } from './rooms-table.ts';

/**
 * Returns the reference of a room as long as it has this session; `undefined` for none, and for a room that is gone or
 * cannot be read. Throws Fault `RoomStoreUnavailableError` or `ConfigurationError`.
 */
export type ReadReference = (
  room: { readonly name: string; readonly sessionId: string },
  remainingMs: RemainingMs,
) => Promise<string | undefined>;

export function createReadReference(table: RoomsTable): ReadReference {
  const readItem = createReadItem(table);
  return async ({ name, sessionId }, remainingMs) => {
    const item = await readItem({ room: { S: name }, item: { S: 'room' } }, remainingMs);
    return item?.['sessionId']?.S === sessionId ? readRules(item['rules']?.S) : undefined;
  };
}

function readRules(rules = '{}'): string | undefined {
  try {
    const { reference } = Object(JSON.parse(rules));
    return typeof reference === 'string' ? reference : undefined;
  } catch {
    return undefined;
  }
}
