/** The use case "list rooms". Knows no event and no environment. */
import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import type { Fault } from '../../domain/faults.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { isExpired, type Room } from '../domain/room.ts';
import { findOwnRooms } from '../domain/room-access.ts';
import type { RoomPage } from '../domain/room-page.ts';
import { type HostRoomView, toHostRoomView } from '../domain/room-view.ts';
import { createReadNamedRooms, type ReadRooms } from '../table/room-list.ts';
import type { RoomStore } from '../table/room-store.ts';
import { confirmProject, toFreshSinceMs } from './find-room.ts';

export type ListRoomsAction = { readonly action: 'listRooms' } & RoomPage;

/** `next` is the `after` of the next page; null at the end. */
export type RoomOverview = {
  readonly rooms: readonly HostRoomView[];
  readonly next: string | null;
};

export interface ListRoomsDeps {
  readonly projectSecret: Pick<SecretCache<Credentials>, 'get' | 'confirm'>;
  readonly store: Pick<RoomStore, 'get'>;
  readonly readAllRooms: ReadRooms;
  /** Called with the errors of items that cannot be read, if there are any. The list omits their rooms. */
  readonly onMalformed: (faults: readonly Fault[]) => void;
}

/** A page is filled from at most this many batches, however many of their rooms have expired. */
const MAX_BATCHES = 5;
/** Small pages read further, because a few expired rooms would leave them empty. */
const MIN_BATCH = 25;

/**
 * Lists the rooms that the caller may see, by name. A page can have fewer rooms than its limit and still a next
 * one.
 *
 * @throws Fault `CredentialsChangingError`
 */
export async function listRooms(
  { projectSecret, store, readAllRooms, onMalformed }: ListRoomsDeps,
  { limit, after }: ListRoomsAction,
  { caller, nowSeconds, remainingMs }: Invocation,
): Promise<RoomOverview> {
  const own = findOwnRooms(caller);
  const readRooms = own ? createReadNamedRooms(store, own) : readAllRooms;
  let credentials = await projectSecret.get(remainingMs);
  let isConfirmed = false;

  /** A room of another project counts as gone, unless the cached secret is the one that is out of date. */
  const settleProject = async (rooms: readonly Room[]) => {
    const foreign = rooms.find(({ projectId }) => projectId !== credentials.project.id);
    if (!foreign || isConfirmed) return;
    const sinceMs = toFreshSinceMs(foreign, nowSeconds);
    credentials = await confirmProject(projectSecret, foreign, {
      credentials,
      remainingMs,
      sinceMs,
    });
    isConfirmed = true;
  };

  const existing: Room[] = [];
  const unreadable: Fault[] = [];
  let found: readonly Room[] = [];
  let start = after;
  for (let batches = 0; batches < MAX_BATCHES; batches += 1) {
    const size = Math.max(limit + 1, MIN_BATCH);
    const { rooms, malformed, next } = await readRooms({ after: start, size }, remainingMs);
    unreadable.push(...malformed);
    existing.push(...rooms.filter((room) => !isExpired(room, nowSeconds)));
    await settleProject(existing);
    found = existing.filter(({ projectId }) => projectId === credentials.project.id);
    start = next;
    if (start === undefined || found.length >= limit) break;
  }
  if (unreadable.length > 0) onMalformed(unreadable);
  const page = found.slice(0, limit);
  return {
    rooms: page.map((room) => toHostRoomView(room, credentials.project)),
    next: (found.length > limit ? page.at(-1)?.name : start) ?? null,
  };
}
