/**
 * Somebody at a room's door as an item of the table, in the partition of the room, and back. Pure: no
 * I/O.
 */
import type { Knock } from '../domain/knock.ts';
import { createItemReader, type Item } from './rooms-table.ts';

export const KNOCK_PREFIX = 'knock#';
const STATES = ['waiting', 'admitted', 'denied', 'used'] as const;

/** Long after anybody can do anything with it; only denials last as long as the room. */
const KEPT_SECONDS = 60 * 60;

export function toKnockKey({ room, knockId }: Pick<Knock, 'room' | 'knockId'>): Item {
  return { room: { S: room }, item: { S: KNOCK_PREFIX + knockId } };
}

/** For the attribute that the table's time to live reads. */
export function toKnockExpiry(nowSeconds: number): { readonly N: string } {
  return { N: String(nowSeconds + KEPT_SECONDS) };
}

export function toKnockItem(knock: Knock): Item {
  return {
    ...toKnockKey(knock),
    sessionId: { S: knock.sessionId },
    sub: { S: knock.subject },
    sinceMs: { N: String(knock.sinceMs) },
    seenAt: { N: String(knock.seenAtSeconds) },
    state: { S: knock.state },
    decidedAt: { N: String(knock.decidedAtSeconds) },
    expiresAt: toKnockExpiry(knock.seenAtSeconds),
    ...(knock.name === undefined ? {} : { name: { S: knock.name } }),
  };
}

/** @throws Fault `InvalidRoomItemError` whose reason names the attribute */
export function fromKnockItem(item: Item): Knock {
  const read = createItemReader(item);
  const state = read.text('state');
  return {
    room: read.room(),
    knockId: read.idAfter(KNOCK_PREFIX),
    sessionId: read.text('sessionId'),
    subject: read.text('sub'),
    name: item['name'] === undefined ? undefined : read.text('name'),
    sinceMs: read.count('sinceMs'),
    seenAtSeconds: read.count('seenAt'),
    state: STATES.find((known) => known === state) ?? read.malformed('state'),
    decidedAtSeconds: read.count('decidedAt'),
  };
}
