/** Keys and expiry of what the table keeps about a session: one partition each, `session#<sessionId>`. Pure: no I/O. */
import type { Item } from '../../table/table.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** The longest lifetime of a token. A connection that lasts longer loses its identity. */
export const KEPT_SECONDS = 30 * DAY_SECONDS;
/** The platform retries for 24 hours, so the creation of a connection may be reported that late. */
export const GONE_KEPT_SECONDS = 2 * DAY_SECONDS;

/** Names of rooms have no `#`, so no room has this partition. */
export function toPartition(sessionId: string): string {
  return `session#${sessionId}`;
}

export function toKey(sessionId: string, item: string): Item {
  return { room: { S: toPartition(sessionId) }, item: { S: item } };
}

/** Key of the item about the session itself: `endedAt` and `roomName`. */
export function toSessionKey(sessionId: string): Item {
  return toKey(sessionId, 'session');
}

export function toExpiry(nowSeconds: number, keptSeconds: number): { readonly N: string } {
  return { N: String(nowSeconds + keptSeconds) };
}
