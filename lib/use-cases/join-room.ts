/**
 * The use cases of those who join, see and close rooms. Know no event and no environment.
 */
import { decideToken } from '../domain/access.ts';
import { Fault } from '../domain/faults.ts';
import { type RoomView, toRoomView } from '../domain/room.ts';
import { assertHost, assertMayEnter, decideOpening } from '../domain/room-access.ts';
import type { JoinRequest } from '../domain/room-request.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import type { RoomStore } from '../rooms/room-store.ts';
import type { Credentials } from '../secrets/credentials.ts';
import type { SecretCache } from '../secrets/secret-cache.ts';
import type { EnsureRoom } from './ensure-room.ts';
import { findRoom } from './find-room.ts';
import type { Invocation } from './invocation.ts';
import { assertTokenType, type IssuedToken, type IssueToken } from './issue-token.ts';

export type RoomRequest =
  | ({ readonly action: 'join' | 'sample' | 'reference' } & JoinRequest)
  | { readonly action: 'read' | 'close'; readonly room: string };

export type JoinedRoom = IssuedToken & { readonly room: string };
/**
 * What the vendor's sample servers answer, and its sample clients read. Which of both names they read
 * the project's id under depends on the client, not on the kind of project.
 */
export interface SampleAnswer {
  readonly apiKey: string;
  readonly applicationId: string;
  readonly sessionId: string;
  readonly token: string;
}
/** The same of the vendor's reference app, which asks whether captions run already. */
export type ReferenceAnswer = SampleAnswer & { readonly captionsId: null };
export type RoomAnswer =
  | JoinedRoom
  | RoomView
  | SampleAnswer
  | ReferenceAnswer
  | Readonly<Record<string, never>>;

export interface RoomDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly ensureRoom: EnsureRoom;
  /** Signs for whom the room lets in. */
  readonly signToken: IssueToken;
  readonly store: RoomStore;
  readonly memory: RoomMemory;
  /** Whether any caller may create a room, with the default options, by joining it; by default only hosts may. */
  readonly openRooms: boolean;
}

export type ServeRoom = (request: RoomRequest, invocation: Invocation) => Promise<RoomAnswer>;

/** The use cases throw Fault `ForbiddenError`, `RoomNotFoundError` and `RoomConflictError`. */
export function serveRoomWith(deps: RoomDeps): ServeRoom {
  return async (request, invocation) => {
    switch (request.action) {
      case 'join':
        return joinRoom(deps, request, invocation);
      case 'sample':
        return toSampleAnswer(await joinRoom(deps, request, invocation));
      case 'reference':
        return {
          ...toSampleAnswer(await joinRoom(deps, request, invocation)),
          captionsId: null,
        };
      case 'read':
        return readRoom(deps, request.room, invocation);
      case 'close':
        return closeRoom(deps, request.room, invocation);
    }
  };
}

async function joinRoom(
  { projectSecret, ensureRoom, signToken, openRooms }: RoomDeps,
  { room, token, session }: JoinRequest,
  invocation: Invocation,
): Promise<JoinedRoom> {
  const { caller, remainingMs } = invocation;
  assertMayEnter(caller, room);
  // What no token can be issued for is refused before a room is made for it.
  decideToken(caller, token);
  assertTokenType(await projectSecret.get(remainingMs), token.tokenType);
  const opening = decideOpening(caller, openRooms);
  const { sessionId } = await ensureRoom({ name: room, session, opening }, invocation);
  return { ...(await signToken({ ...token, sessionId }, invocation)), room };
}

async function readRoom(deps: RoomDeps, name: string, invocation: Invocation): Promise<RoomView> {
  assertHost(invocation.caller, name);
  const { room, project } = await findRoom(deps, name, invocation);
  if (!room) throw new Fault('RoomNotFoundError', 'There is no room of that name.');
  return toRoomView(room, project);
}

async function closeRoom(
  { store, memory }: RoomDeps,
  name: string,
  { caller, remainingMs }: Invocation,
): Promise<Readonly<Record<string, never>>> {
  assertHost(caller, name);
  await store.remove(name, remainingMs);
  memory.forget(name);
  return {};
}

function toSampleAnswer({ sessionId, token, ...joined }: JoinedRoom): SampleAnswer {
  const id = 'apiKey' in joined ? joined.apiKey : joined.applicationId;
  return { apiKey: id, applicationId: id, sessionId, token };
}
