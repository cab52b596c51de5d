/**
 * The use cases of hosts about rooms: get, put and delete. Knows no event and no environment.
 */

import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
import { Fault } from '../../domain/faults.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { assertMatch, type IfMatch } from '../domain/if-match.ts';
import { assertSameOptions, hasOptions, type Room } from '../domain/room.ts';
import type { OpenRequest } from '../domain/room-request.ts';
import { assertRulesHold, type Enforcement, keepAnyoneOut } from '../domain/room-rules.ts';
import { giveRules, type HostRoomView, toEtag, toHostRoomView } from '../domain/room-view.ts';
import { type SeatLimit, toSeatLimit } from '../domain/seats.ts';
import { roomFault } from '../faults.ts';
import type { RoomRemoval, RoomStore } from '../table/room-store.ts';
import { findRoom } from './find-room.ts';
import type { MakeRoom, RoomOfProject } from './make-room.ts';

export type RoomAction =
  | { readonly action: 'getRoom'; readonly room: string }
  | ({ readonly action: 'putRoom'; readonly ifMatch: IfMatch } & OpenRequest)
  | { readonly action: 'deleteRoom'; readonly room: string; readonly ifMatch: IfMatch };

/** A room that was put, and whether it was created. */
export type PutRoom = HostRoomView & { readonly created: boolean };
export type ManagedRoom = HostRoomView | PutRoom | Readonly<Record<string, never>>;

export interface ManageRoomDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly store: RoomStore;
  readonly removal: RoomRemoval;
  readonly makeRoom: MakeRoom;
  /** Lifetime of a room; `undefined` for unlimited. */
  readonly roomTtlSeconds: number | undefined;
  /**
   * Begins the count of seats, so the people who are in are counted before the next join. A failure is ignored,
   * because the next join begins it otherwise.
   */
  readonly prepareSeats: (limit: SeatLimit, remainingMs: RemainingMs) => Promise<unknown>;
  /** What the deployment enforces of the rules. */
  readonly enforcement: Enforcement;
}

/** Concurrent changes of one room are rare. */
const MAX_RACES = 5;

/** @throws Fault `RoomNotFoundError` */
export async function getRoom(
  deps: ManageRoomDeps,
  { room: name }: Pick<RoomAction, 'room'>,
  invocation: Invocation,
): Promise<HostRoomView> {
  const { room, credentials } = await findRoom(deps, name, invocation);
  if (!room) throw roomFault('RoomNotFoundError', 'There is no room of that name.');
  return toHostRoomView(room, credentials.project);
}

/**
 * Puts a room and its rules. If another request changes the room between the read and the write, it is
 * read and checked again.
 *
 * The first rules that keep anyone out replace the session of a room that no host has put: the
 * caller who created it by joining holds a token for its session, which the rules could not revoke.
 *
 * @throws Fault `RoomConflictError` if the session has other options, `PreconditionFailedError`, and
 *   `ValidationError` for rules without effect
 */
export async function putRoom(
  deps: ManageRoomDeps,
  { room: name, session, rules, ifMatch }: Extract<RoomAction, { action: 'putRoom' }>,
  invocation: Invocation,
): Promise<PutRoom> {
  const { store, makeRoom, roomTtlSeconds, enforcement } = deps;
  const { requestId, nowSeconds, remainingMs } = invocation;
  assertRulesHold(rules, enforcement);
  const mayReplace = ifMatch(undefined);
  let made: RoomOfProject | undefined;
  let known: Credentials | undefined;
  let tried: { readonly revision: string; readonly created: boolean } | undefined;
  for (let race = 0; race < MAX_RACES; race += 1) {
    const found = await findRoom(deps, name, invocation, { known, mayReplace });
    const { stored, room } = found;
    known = found.credentials;
    // An attempt with a lost response may have put this room.
    if (tried && room?.revision === tried.revision) {
      await prepareSeatsOf(deps, room, remainingMs);
      return { ...toHostRoomView(room, known.project), created: tried.created };
    }
    assertMatch(ifMatch, room && toEtag(room));
    if (room) assertSameOptions(room, session.requested);
    // A new session would lift the bans.
    const isPut = room?.rules !== undefined || room?.hasBans === true;
    const kept = isPut || !keepAnyoneOut(rules, nowSeconds) ? room : undefined;
    const options = room?.options ?? session.options;
    if (!kept && !(made && hasOptions(made.room, options) && isOf(known, made.room))) {
      made = await makeRoom({ name, options, credentials: known }, invocation);
      known = made.credentials;
    }
    const base = kept ?? (made as RoomOfProject).room;
    const wanted = giveRules(base, rules, roomTtlSeconds, requestId);
    tried = { revision: wanted.revision, created: room === undefined };
    const isChange = wanted.revision !== room?.revision;
    // Without a precondition the rules are replaced, even if another host has just changed them.
    const putIt = () =>
      kept && mayReplace
        ? store.replace(wanted, remainingMs)
        : store.put(wanted, stored, remainingMs);
    if (!isChange || (await putIt())) {
      if (room && !kept) await removeRest(deps, name, room.sessionId, remainingMs);
      await prepareSeatsOf(deps, wanted, remainingMs);
      return { ...toHostRoomView(wanted, known.project), created: tried.created };
    }
  }
  throw tooManyRaces();
}

async function prepareSeatsOf(
  { prepareSeats }: ManageRoomDeps,
  room: Room,
  remainingMs: RemainingMs,
): Promise<void> {
  const limit = toSeatLimit(room);
  if (!limit) return;
  try {
    await prepareSeats(limit, remainingMs);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

function isOf({ project }: Credentials, { projectId }: Room): boolean {
  return project.id === projectId;
}

/**
 * Deletes the room that exists when the request arrives, never one that was created since: the response
 * of a deletion can be lost, and a retry must not delete a new room of the name.
 *
 * @throws Fault `PreconditionFailedError`
 */
export async function deleteRoom(
  deps: ManageRoomDeps,
  { room: name, ifMatch }: Extract<RoomAction, { action: 'deleteRoom' }>,
  invocation: Invocation,
): Promise<Readonly<Record<string, never>>> {
  const { removal } = deps;
  const { remainingMs } = invocation;
  if (ifMatch(undefined)) {
    const sessionId = await removal.remove(name, remainingMs);
    return removeRest(deps, name, sessionId, remainingMs);
  }
  let tried: string | undefined;
  for (let race = 0; race < MAX_RACES; race += 1) {
    const { room } = await findRoom(deps, name, invocation);
    if (room || !tried) assertMatch(ifMatch, room && toEtag(room));
    const isGone =
      room && (tried ?? room.sessionId) === room.sessionId
        ? await removal.removeIfStill(room, remainingMs)
        : true;
    tried ??= room?.sessionId;
    if (isGone) return removeRest(deps, name, tried, remainingMs);
  }
  throw tooManyRaces();
}

/** Removes what belonged to the room. A failure is ignored: without the room, the rest has no effect. */
async function removeRest(
  { removal }: ManageRoomDeps,
  room: string,
  sessionId: string | undefined,
  remainingMs: RemainingMs,
): Promise<Readonly<Record<string, never>>> {
  if (sessionId === undefined) return {};
  try {
    await removal.removeRest({ room, sessionId }, remainingMs);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  return {};
}

function tooManyRaces(): Fault {
  return roomFault('RoomStoreUnavailableError', 'The room is being changed. Retry in a second.', {
    retryAfterSeconds: 1,
  });
}
