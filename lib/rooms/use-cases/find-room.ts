/**
 * Finds the room of a name in the table, and judges whether it counts as gone.
 */

import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import type { Fault } from '../../domain/faults.ts';
import type { Project } from '../../domain/project.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { isExpired, type Room } from '../domain/room.ts';
import { roomFault } from '../faults.ts';
import type { RoomStore } from '../table/room-store.ts';

export interface FindRoomDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly store: Pick<RoomStore, 'get'>;
}

export interface FoundRoom {
  /** What the table has, gone or not. */
  readonly stored: Room | undefined;
  /** The room, if it can be joined. */
  readonly room: Room | undefined;
  /** The project that the room belongs to if it can be joined. */
  readonly project: Project;
}

/** How old the last read of the secret may be if the room is not replaced. */
const CONFIRMED_SECONDS = 30;
/** Containers' clocks differ by less, and a read of the secret takes less. */
const SKEW_SECONDS = 5;

/**
 * Finds a room. A room of another project counts as gone, but only if the secret was read recently: the
 * secret may be out of date, not the room. Otherwise containers with the old and the new secret would
 * replace each other's rooms while a project moves.
 *
 * @param mayReplace whether the request replaces a room that is gone; then the secret is always read.
 *   Other requests can be repeated without end, so they cause at most one read in 30 seconds, unless
 *   the room is newer than the last read.
 * @throws Fault `CredentialsChangingError` if the secret cannot be read
 */
export async function findRoom(
  { projectSecret, store }: FindRoomDeps,
  name: string,
  { nowSeconds, remainingMs }: Invocation,
  mayReplace = false,
): Promise<FoundRoom> {
  const known = await projectSecret.get(remainingMs);
  const stored = await store.get(name, remainingMs);
  if (!stored || isExpired(stored, nowSeconds)) {
    return { stored, room: undefined, project: known.project };
  }
  if (stored.projectId === known.project.id) {
    return { stored, room: stored, project: known.project };
  }
  const sinceMs = mayReplace ? undefined : toFreshSinceMs(stored, nowSeconds);
  const { outcome, value } = await projectSecret.confirm(known, remainingMs, sinceMs);
  if (outcome !== 'renewed' && outcome !== 'unchanged') throw unsettled(stored, known.project);
  const { project } = value;
  return { stored, room: stored.projectId === project.id ? stored : undefined, project };
}

function toFreshSinceMs({ createdAtSeconds }: Room, nowSeconds: number): number {
  const seconds = Math.max(nowSeconds - CONFIRMED_SECONDS, createdAtSeconds + SKEW_SECONDS);
  // One read a second is sufficient for a room that was created just now, or has a time in the future.
  return Math.min(seconds, nowSeconds) * 1000;
}

/** @throws Fault `RoomNotFoundError` */
export async function requireRoom(
  deps: FindRoomDeps,
  name: string,
  invocation: Invocation,
): Promise<Room> {
  const { room } = await findRoom(deps, name, invocation);
  if (!room) throw roomFault('RoomNotFoundError', 'There is no room of that name.');
  return room;
}

/**
 * What is said of a room once it was found, and written, is said with its own project or not at all.
 * @throws Fault `CredentialsChangingError` where the secret has become another project's meanwhile
 */
export function assertStillOf(project: Project, room: Room): void {
  if (room.projectId !== project.id) throw hasMoved(room);
}

/** Whoever asks again finds the room that there is then. */
export function hasMoved({ name, projectId }: Room): Fault {
  return unsettledFor(
    `The room ${name} was found as one of project ${projectId}; the secret has become another's since.`,
  );
}

function unsettled(room: Room, known: Project): Fault {
  return unsettledFor(
    `The room ${room.name} is of project ${room.projectId}, the secret of ${known.id} when it was last read; it could not be read again to tell which of them serves now.`,
  );
}

function unsettledFor(reason: string): Fault {
  return roomFault(
    'CredentialsChangingError',
    'Whose room this is cannot be told for the moment.',
    {
      reason,
      retryAfterSeconds: 1,
    },
  );
}
