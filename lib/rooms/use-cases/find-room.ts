/**
 * Finds the room of a name in the table, and decides whether it counts as gone.
 */

import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
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
  /** The item in the table, even if it counts as gone. */
  readonly stored: Room | undefined;
  /** The room, if it exists and is of the credentials' project. */
  readonly room: Room | undefined;
  /** The project's credentials, as recent as the decision about the room required. */
  readonly credentials: Credentials;
}

export interface FindRoomOptions {
  /** Credentials that the request has read already. */
  readonly known?: Credentials | undefined;
  /**
   * Whether the request replaces a room that is gone; then the secret must have been read in the last
   * second, and after the room was created. Default false.
   */
  readonly mayReplace?: boolean;
}

/** How old the last read of the secret may be if the room is not replaced. */
const CONFIRMED_SECONDS = 30;
/** The same if the room is replaced. Bounds the reads of callers who retry while the platform is down. */
const CONFIRMED_TO_REPLACE_SECONDS = 1;
/** Containers' clocks differ by less, and a read of the secret takes less. */
const SKEW_SECONDS = 5;

/**
 * Finds a room. A room of another project counts as gone, but only if the secret was read recently: the
 * secret may be out of date, not the room. Otherwise containers with the old and the new secret would
 * replace each other's rooms while a project moves.
 *
 * Requests that do not replace the room can be repeated without end, so they cause at most one read of
 * the secret in 30 seconds, unless the room is newer than the last read. Requests that replace it cause at
 * most one in a second, unless the room was created in the last seconds.
 *
 * @throws Fault `CredentialsChangingError` if the secret cannot be read
 */
export async function findRoom(
  { projectSecret, store }: FindRoomDeps,
  name: string,
  { nowSeconds, remainingMs }: Pick<Invocation, 'nowSeconds' | 'remainingMs'>,
  { known, mayReplace = false }: FindRoomOptions = {},
): Promise<FoundRoom> {
  const credentials = known ?? (await projectSecret.get(remainingMs));
  const stored = await store.get(name, remainingMs);
  if (!stored || isExpired(stored, nowSeconds)) return { stored, room: undefined, credentials };
  if (stored.projectId === credentials.project.id) return { stored, room: stored, credentials };
  const sinceMs = mayReplace
    ? toReplaceSinceMs(stored, nowSeconds)
    : toFreshSinceMs(stored, nowSeconds);
  const current = await confirmProject(projectSecret, stored, {
    credentials,
    remainingMs,
    sinceMs,
  });
  const isOfProject = stored.projectId === current.project.id;
  return { stored, room: isOfProject ? stored : undefined, credentials: current };
}

/**
 * Returns the credentials of the current project, for a room of another one.
 *
 * @param options.sinceMs how recent the last read of the secret must be. Default: it is read now.
 * @throws Fault `CredentialsChangingError` if the secret cannot be read
 */
export async function confirmProject(
  projectSecret: Pick<SecretCache<Credentials>, 'confirm'>,
  room: Room,
  {
    credentials,
    remainingMs,
    sinceMs,
  }: {
    readonly credentials: Credentials;
    readonly remainingMs: RemainingMs;
    readonly sinceMs: number | undefined;
  },
): Promise<Credentials> {
  const { outcome, value } = await projectSecret.confirm(credentials, remainingMs, sinceMs);
  if (outcome !== 'renewed' && outcome !== 'unchanged') throw unsettled(room, credentials.project);
  return value;
}

/** How recent the secret must be to judge a room of another project that is not replaced. */
export function toFreshSinceMs({ createdAtSeconds }: Room, nowSeconds: number): number {
  const seconds = Math.max(nowSeconds - CONFIRMED_SECONDS, createdAtSeconds + SKEW_SECONDS);
  // One read a second is sufficient for a room that was created just now, or has a time in the future.
  return Math.min(seconds, nowSeconds) * 1000;
}

/** Returns `undefined` for a new room: only a read that starts now is surely later than the room. */
function toReplaceSinceMs({ createdAtSeconds }: Room, nowSeconds: number): number | undefined {
  if (createdAtSeconds + SKEW_SECONDS > nowSeconds) return undefined;
  return (nowSeconds - CONFIRMED_TO_REPLACE_SECONDS) * 1000;
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

function unsettled({ name, projectId }: Room, known: Project): Fault {
  return roomFault(
    'CredentialsChangingError',
    "The project's credentials are changing. Retry in a second.",
    {
      reason: `The room ${name} is of project ${projectId}, the secret of ${known.id} when it was last read; it could not be read again to find out which project is current.`,
      retryAfterSeconds: 1,
    },
  );
}
