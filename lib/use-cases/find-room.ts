/**
 * Finds the room of a name in the table, and judges whether it counts as gone.
 */

import type { Project } from '../domain/project.ts';
import { isExpired, type Room } from '../domain/room.ts';
import type { RoomStore } from '../rooms/room-store.ts';
import type { Credentials } from '../secrets/credentials.ts';
import type { SecretCache } from '../secrets/secret-cache.ts';
import type { Invocation } from './invocation.ts';

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
  const isForeign = stored.projectId !== known.project.id;
  // Not the room but the secret may be old: after a move to another project, containers that know
  // of it and containers that do not yet must not replace each other's rooms.
  const { project } = isForeign ? await projectSecret.renew(known, remainingMs) : known;
  return { stored, room: stored.projectId === project.id ? stored : undefined, project };
}
