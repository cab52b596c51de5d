/**
 * Who may do what with rooms. Pure: no I/O, and no notion of HTTP.
 */
import type { Caller } from './access.ts';
import { Fault } from './faults.ts';

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
  if (!isHost(caller)) throw new Fault('ForbiddenError', 'Only moderators see and close rooms.');
}
