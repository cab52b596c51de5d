/**
 * Who may do what with rooms. Pure: no I/O, and no notion of HTTP.
 */
import { type Caller, isHost } from '../../domain/access.ts';
import { Fault } from '../../domain/faults.ts';
import type { Role } from '../../domain/token-request.ts';
import { roomFault } from '../faults.ts';
import { DEFAULT_OPTIONS, hasOptions, type RequestedOptions } from './room.ts';

/** @throws Fault `ForbiddenError` for a room that neither the caller's claim nor their invite is for */
export function assertMayEnter(caller: Caller, room: string): void {
  if (caller.kind === 'trusted') return;
  if (caller.kind === 'user' && (caller.rooms?.includes(room) ?? true)) return;
  if (caller.kind === 'guest' && caller.room === room) return;
  throw new Fault('ForbiddenError', 'This room is not among those that you may join.');
}

/** @throws Fault `ForbiddenError` unless the caller is a host */
export function assertHost(caller: Caller, room: string): void {
  assertMayEnter(caller, room);
  if (!isHost(caller))
    throw new Fault('ForbiddenError', 'Only moderators see, change and close rooms.');
}

/** What someone may do about a room that does not exist. */
export type RoomCreation = 'any options' | 'default options' | 'none';

/** @param openRooms whether any end user may create a room by joining it; guests never do */
export function decideCreation(caller: Caller, openRooms: boolean): RoomCreation {
  if (isHost(caller)) return 'any options';
  return openRooms && caller.kind === 'user' ? 'default options' : 'none';
}

/**
 * Returns why a room may not be created with these options, or `undefined` if it may.
 *
 * @param requested options of the request; those that equal the defaults make no difference
 * @returns Fault `RoomNotFoundError` if the caller may not create rooms, `ForbiddenError` if only with
 *   the default options
 */
export function refuseCreation(
  creation: RoomCreation,
  requested: RequestedOptions,
): Fault | undefined {
  if (creation === 'none') {
    return roomFault('RoomNotFoundError', 'There is no room of that name.');
  }
  if (creation === 'default options' && !hasOptions({ options: DEFAULT_OPTIONS }, requested)) {
    return new Fault(
      'ForbiddenError',
      'Only moderators choose the session options of a room. Omit `session`.',
    );
  }
  return undefined;
}

/**
 * What an invite may let its guests be: at most what its maker is, and a moderator only if who makes
 * it is trusted.
 * @throws Fault `ForbiddenError`
 */
export function assertMayInvite(caller: Caller, role: Role): void {
  if (role === 'moderator' && caller.kind !== 'trusted') {
    throw new Fault('ForbiddenError', 'Only trusted callers invite moderators.');
  }
}
