/**
 * Who may do what with rooms. Pure: no I/O, and no notion of HTTP.
 */
import type { Caller } from './access.ts';
import { Fault } from './faults.ts';
import { DEFAULT_OPTIONS, hasOptions, type RequestedOptions } from './room.ts';

/** Trusted callers and moderators: they may create, see and close rooms. */
export function isHost(caller: Caller): boolean {
  return caller.kind === 'trusted' || caller.maxRole === 'moderator';
}

/** @throws Fault `ForbiddenError` for a room that the caller's claim does not list */
export function assertMayEnter(caller: Caller, room: string): void {
  if (caller.kind === 'trusted' || caller.rooms === undefined) return;
  if (!caller.rooms.includes(room)) {
    throw new Fault('ForbiddenError', 'This room is not among those that you may join.');
  }
}

/** @throws Fault `ForbiddenError` unless the caller is a host */
export function assertHost(caller: Caller, room: string): void {
  assertMayEnter(caller, room);
  if (!isHost(caller))
    throw new Fault('ForbiddenError', 'Only moderators see, change and close rooms.');
}

/** What someone may do about a room that does not exist. */
export type Opening = 'with any options' | 'with the default options' | 'not at all';

/** @param openRooms whether any caller may create a room by joining it */
export function decideOpening(caller: Caller, openRooms: boolean): Opening {
  if (isHost(caller)) return 'with any options';
  return openRooms ? 'with the default options' : 'not at all';
}

/**
 * @param requested the options asked for explicitly; those that equal the defaults ask for nothing else
 * @throws Fault `RoomNotFoundError` where the room may not be opened, `ForbiddenError` where it may
 *   not be opened with these options
 */
export function assertMayOpen(opening: Opening, requested: RequestedOptions): void {
  if (opening === 'not at all') {
    throw new Fault('RoomNotFoundError', 'There is no room of that name.');
  }
  if (
    opening === 'with the default options' &&
    !hasOptions({ options: DEFAULT_OPTIONS }, requested)
  ) {
    throw new Fault(
      'ForbiddenError',
      'Only moderators choose the session of a room; leave the options out.',
    );
  }
}
