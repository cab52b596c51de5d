/**
 * An invite as an item of the table, in the partition of its room, and back. Pure: no I/O.
 */

import { ROLES } from '../../domain/token-request.ts';
import type { Invite } from '../domain/invite.ts';
import { createItemReader, type Item } from './rooms-table.ts';

export const INVITE_PREFIX = 'invite#';

export function toInviteKey({ room, inviteId }: Pick<Invite, 'room' | 'inviteId'>): Item {
  return { room: { S: room }, item: { S: INVITE_PREFIX + inviteId } };
}

/** `expiresAt` is the attribute that the table's time to live reads. A set that is empty cannot be kept. */
export function toInviteItem(invite: Invite): Item {
  const { sessionId, secretHash, role, expireTime, opensAt, maxGuests, name, guests } = invite;
  return {
    ...toInviteKey(invite),
    sessionId: { S: sessionId },
    secretHash: { B: secretHash },
    role: { S: role },
    expiresAt: { N: String(expireTime) },
    maxGuests: { N: String(maxGuests) },
    createdAtMs: { N: String(invite.createdAtMs) },
    ...(opensAt === undefined ? {} : { opensAt: { N: String(opensAt) } }),
    ...(name === undefined ? {} : { name: { S: name } }),
    ...(guests.length === 0 ? {} : { guests: { BS: [...guests] } }),
  };
}

/** @throws Fault `InvalidRoomItemError` whose reason names the attribute */
export function fromInviteItem(item: Item): Invite {
  const read = createItemReader(item);
  const role = read.text('role');
  return {
    room: read.room(),
    inviteId: read.idAfter(INVITE_PREFIX),
    sessionId: read.text('sessionId'),
    secretHash: read.bytes('secretHash'),
    role: ROLES.find((known) => known === role) ?? read.malformed('role'),
    expireTime: read.count('expiresAt'),
    opensAt: item['opensAt'] === undefined ? undefined : read.count('opensAt'),
    maxGuests: read.count('maxGuests'),
    name: item['name'] === undefined ? undefined : read.text('name'),
    createdAtMs: read.count('createdAtMs'),
    guests: item['guests'] === undefined ? [] : (item['guests'].BS ?? read.malformed('guests')),
  };
}
