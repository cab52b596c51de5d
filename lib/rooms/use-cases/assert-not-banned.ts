/** Keeps banned people out of a room, whatever way they take to a token, and from acting as its host. */
import type { Caller } from '../../domain/access.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
import { toPersonId } from '../../domain/identity.ts';
import type { Room } from '../domain/room.ts';
import { roomFault } from '../faults.ts';
import type { BanStore, IsBanned } from '../table/ban-store.ts';
import type { RoomStore } from '../table/room-store.ts';

/**
 * Makes no call for a room without bans.
 *
 * @throws Fault `ParticipantBannedError`
 */
export async function assertNotBanned(
  isBanned: IsBanned,
  { room, caller }: { readonly room: Room; readonly caller: Caller },
  remainingMs: RemainingMs,
): Promise<void> {
  if (!room.hasBans || !('subject' in caller)) return;
  if (!(await isBanned({ room, personId: toPersonId(caller.subject) }, remainingMs))) return;
  throw banned();
}

/**
 * Keeps a banned moderator from acting as a host, who could delete the room and with it the ban. Makes one small read
 * for an end user, and reads the room only if there is a ban, of this session or an earlier one.
 *
 * @throws Fault `ParticipantBannedError`
 */
export async function assertHostNotBanned(
  {
    bans,
    store,
  }: { readonly bans: Pick<BanStore, 'findSession'>; readonly store: Pick<RoomStore, 'get'> },
  { name, caller }: { readonly name: string; readonly caller: Caller },
  remainingMs: RemainingMs,
): Promise<void> {
  if (!('subject' in caller)) return;
  const personId = toPersonId(caller.subject);
  const sessionId = await bans.findSession({ name, personId }, remainingMs);
  if (sessionId === undefined) return;
  const room = await store.get(name, remainingMs);
  if (room?.sessionId === sessionId) throw banned();
}

function banned() {
  return roomFault('ParticipantBannedError', 'A host has banned you from this room.');
}
