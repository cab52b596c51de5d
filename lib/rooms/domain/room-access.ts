/**
 * Decides who may do what with rooms. Pure: no I/O, no HTTP.
 */
import { type Caller, isHost } from '../../domain/access.ts';
import { Fault } from '../../domain/faults.ts';
import type { Role } from '../../domain/token-request.ts';
import { roomFault } from '../faults.ts';
import { DEFAULT_OPTIONS, hasOptions, type RequestedOptions } from './room.ts';

/** @throws Fault `ForbiddenError` if neither the caller's claim nor their invite names the room */
export function assertMayEnter(caller: Caller, room: string): void {
  if (caller.kind === 'trusted') return;
  if (caller.kind === 'user' && (caller.rooms?.includes(room) ?? true)) return;
  if (caller.kind === 'guest' && caller.room === room) return;
  throw new Fault('ForbiddenError', 'This room is not among those that you may join.');
}

/**
 * @param room the room that the request is about; `undefined` for none in particular
 * @throws Fault `ForbiddenError` unless the caller is a host
 */
export function assertHost(caller: Caller, room: string | undefined): void {
  if (room !== undefined) assertMayEnter(caller, room);
  if (!isHost(caller))
    throw new Fault('ForbiddenError', 'Only moderators see, change and close rooms.');
}

/** Returns the rooms that a host may see; `undefined` for all. */
export function findOwnRooms(caller: Caller): readonly string[] | undefined {
  if (!isHost(caller)) return [];
  return caller.kind === 'user' ? caller.rooms : undefined;
}

/** With which session options a caller may create a room that does not exist. */
export type RoomCreation = 'any options' | 'default options' | 'none';

/** @param openRooms whether any end user may create a room by joining it; guests may never */
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
 * Checks the role of an invite: only trusted callers may invite moderators.
 * @throws Fault `ForbiddenError`
 */
export function assertMayInvite(caller: Caller, role: Role): void {
  if (role === 'moderator' && caller.kind !== 'trusted') {
    throw new Fault('ForbiddenError', 'Only trusted callers invite moderators.');
  }
}
