/** Keeps banned people out of a room, whatever way they take to a token. */
import type { Caller } from '../../domain/access.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
import { toPersonId } from '../../domain/identity.ts';
import type { Room } from '../domain/room.ts';
import { roomFault } from '../faults.ts';
import type { IsBanned } from '../table/ban-store.ts';

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
  throw roomFault('ParticipantBannedError', 'A host has banned you from this room.');
}
