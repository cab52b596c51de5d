/**
 * What hosts do with rooms: see one, put one with its rules, remove one. Knows no event and no
 * environment.
 */

import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
import { Fault } from '../../domain/faults.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { assertMatch, type IfMatch } from '../domain/if-match.ts';
import { assertSameOptions, type Room } from '../domain/room.ts';
import type { OpenRequest } from '../domain/room-request.ts';
import { assertRulesHold } from '../domain/room-rules.ts';
import { giveRules, type RuledRoomView, toEtag, toRuledRoomView } from '../domain/ruled-room.ts';
import { roomFault } from '../faults.ts';
import type { RoomRemoval } from '../table/room-removal.ts';
import type { RoomStore } from '../table/room-store.ts';
import { assertStillOf, findRoom } from './find-room.ts';
import type { MakeRoom } from './make-room.ts';

export type RoomAction =
  | { readonly action: 'getRoom'; readonly room: string }
  | ({ readonly action: 'putRoom'; readonly ifMatch: IfMatch } & OpenRequest)
  | { readonly action: 'deleteRoom'; readonly room: string; readonly ifMatch: IfMatch };

/** A room that was put, and whether there was none before. */
export type PutRoom = RuledRoomView & { readonly created: boolean };
export type ManagedRoom = RuledRoomView | PutRoom | Readonly<Record<string, never>>;

export interface ManageRoomDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly store: RoomStore;
  readonly removal: RoomRemoval;
  readonly makeRoom: MakeRoom;
  /** For how long a room lasts; `undefined` for ever. */
  readonly roomTtlSeconds: number | undefined;
  /** Whether end users get tokens by session id, past any rule. */
  readonly isOpenById: boolean;
}

/** Hosts change a room seldom, and two of them at once more seldom still. */
const MAX_RACES = 5;

/**
 * @throws Fault `RoomNotFoundError`, `RoomConflictError` for a room whose session is another,
 *   `PreconditionFailedError` for one that is not the one of `If-Match`, and `ValidationError` for rules that
 *   would keep nobody out
 */
export function manageRoom(
  deps: ManageRoomDeps,
  request: RoomAction,
  invocation: Invocation,
): Promise<ManagedRoom> {
  switch (request.action) {
    case 'getRoom':
      return getRoom(deps, request.room, invocation);
    case 'putRoom':
      return putRoom(deps, request, invocation);
    case 'deleteRoom':
      return deleteRoom(deps, request, invocation);
  }
}

async function getRoom(
  deps: ManageRoomDeps,
  name: string,
  invocation: Invocation,
): Promise<RuledRoomView> {
  const { room, project } = await findRoom(deps, name, invocation);
  if (!room) throw roomFault('RoomNotFoundError', 'There is no room of that name.');
  return toRuledRoomView(room, project);
}

/** Who loses a race looks again, so that what was judged is what is changed. */
async function putRoom(
  deps: ManageRoomDeps,
  { room: name, session, rules, ifMatch }: Extract<RoomAction, { action: 'putRoom' }>,
  invocation: Invocation,
): Promise<PutRoom> {
  const { store, makeRoom, roomTtlSeconds, isOpenById } = deps;
  const { remainingMs } = invocation;
  assertRulesHold(rules, isOpenById);
  let made: Room | undefined;
  /** Of the room that this call has tried to put: an answer that was lost may have been a yes. */
  let triedRevision: string | undefined;
  for (let race = 0; race < MAX_RACES; race += 1) {
    const { stored, room } = await findRoom(deps, name, invocation);
    const created = room === undefined || room.sessionId === made?.sessionId;
    if (room && room.revision === triedRevision && triedRevision !== undefined) {
      return { ...(await show(deps, room, invocation)), created };
    }
    assertMatch(ifMatch, room && toEtag(room));
    if (room) assertSameOptions(room, session.requested);
    else made ??= await makeRoom(name, session.options, invocation);
    const wanted = giveRules(room ?? (made as Room), rules, roomTtlSeconds);
    triedRevision = wanted.revision;
    const isChange = wanted.revision !== room?.revision;
    // Without a precondition the rules are replaced, whichever they are by now.
    const putIt = () =>
      room && ifMatch(undefined)
        ? store.replace(wanted, remainingMs)
        : store.put(wanted, stored, remainingMs);
    if (!isChange || (await putIt())) {
      return { ...(await show(deps, wanted, invocation)), created };
    }
  }
  throw tooManyRaces();
}

/** The project is asked for anew: creating a session may have found out that it is another. */
async function show({ projectSecret }: ManageRoomDeps, room: Room, { remainingMs }: Invocation) {
  const { project } = await projectSecret.get(remainingMs);
  assertStillOf(project, room);
  return toRuledRoomView(room, project);
}

/** Without a precondition nothing needs to be read: there is no such room afterwards. */
async function deleteRoom(
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
    if (tried && !room) return removeRest(deps, name, tried, remainingMs);
    assertMatch(ifMatch, room && toEtag(room));
    if (room && (await removal.removeIfStill(room, remainingMs))) {
      return removeRest(deps, name, room.sessionId, remainingMs);
    }
    tried = room?.sessionId;
  }
  throw tooManyRaces();
}

/** The room is gone, whatever becomes of the rest, which lets nobody in any more. */
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
  return roomFault('RoomStoreUnavailableError', 'The room is being changed; try again.', {
    retryAfterSeconds: 1,
  });
}
