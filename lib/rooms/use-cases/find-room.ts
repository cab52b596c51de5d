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

/**
 * A room of another project counts as gone after a read of the secret that says whose room is the
 * stranger: not the room but the secret may be old. Without it, containers that know of a move to
 * another project and containers that do not yet would replace each other's rooms.
 *
 * @throws Fault `CredentialsChangingError` when that cannot be told for the moment
 */
export async function findRoom(
  { projectSecret, store }: FindRoomDeps,
  name: string,
  { nowSeconds, remainingMs }: Invocation,
): Promise<FoundRoom> {
  const known = await projectSecret.get(remainingMs);
  const stored = await store.get(name, remainingMs);
  if (!stored || isExpired(stored, nowSeconds)) {
    return { stored, room: undefined, project: known.project };
  }
  if (stored.projectId === known.project.id) {
    return { stored, room: stored, project: known.project };
  }
  const { outcome, value } = await projectSecret.confirm(known, remainingMs);
  if (outcome !== 'renewed' && outcome !== 'unchanged') throw unsettled(stored, known.project);
  const { project } = value;
  return { stored, room: stored.projectId === project.id ? stored : undefined, project };
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
