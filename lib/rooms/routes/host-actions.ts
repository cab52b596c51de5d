/**
 * The actions of hosts, one row each: its route, what it reads from a request, what it runs, and its
 * status. HTTP requests and direct invocations are read by this table (host-requests.ts, host-path.ts).
 */
import type { Invocation } from '../../use-cases/invocation.ts';
import { parseInviteRequest } from '../domain/invite.ts';
import { assertHost } from '../domain/room-access.ts';
import { parseRoomPage, readRoomPage } from '../domain/room-page.ts';
import { parseOpenRequest } from '../domain/room-request.ts';
import { assertHostNotBanned } from '../use-cases/assert-not-banned.ts';
import type { CreatedInvite } from '../use-cases/create-invite.ts';
import {
  type ListRoomsAction,
  type ListRoomsDeps,
  listRooms,
  type RoomOverview,
} from '../use-cases/list-rooms.ts';
import {
  type InviteAction,
  type InviteDeps,
  type InviteOverview,
  manageInvites,
} from '../use-cases/manage-invites.ts';
import {
  type KnockAction,
  type KnockDeps,
  type KnockOverview,
  manageKnocks,
} from '../use-cases/manage-knocks.ts';
import {
  manageParticipants,
  type ParticipantAction,
  type ParticipantDeps,
  type ParticipantOverview,
  type RemovedParticipants,
} from '../use-cases/manage-participants.ts';
import {
  deleteRoom,
  getRoom,
  type ManagedRoom,
  type ManageRoomDeps,
  putRoom,
  type RoomAction,
} from '../use-cases/manage-room.ts';
import {
  parseDecision,
  parseDecisions,
  parseParticipantDecision,
  parseRemoval,
} from './decision.ts';

export type HostRequest =
  | ListRoomsAction
  | RoomAction
  | InviteAction
  | KnockAction
  | ParticipantAction;
export type HostResponse =
  | RoomOverview
  | ManagedRoom
  | CreatedInvite
  | InviteOverview
  | KnockOverview
  | ParticipantOverview
  | RemovedParticipants;
export type HostDeps = ListRoomsDeps & ManageRoomDeps & InviteDeps & KnockDeps & ParticipantDeps;

type HostActionName = HostRequest['action'];
type RequestOf<Name> = Extract<HostRequest, { readonly action: Name }>;
type PathParameter = 'room' | 'inviteId' | 'knockId' | 'participantId';

/** A path parameter of a route is a field of the request; `{name}` is its `room`. */
interface HostAction<Name extends HostActionName> {
  readonly route: `${'GET' | 'PUT' | 'POST' | 'DELETE'} /rooms${'' | `/{name}${string}`}`;
  readonly status: 200 | 201 | 204 | ((response: HostResponse) => number);
  /** Whether the header `If-Match`, or the field `ifMatch`, is a precondition. */
  readonly isConditional?: 'ifMatch' extends keyof RequestOf<Name> ? true : never;
  /** Parses the fields of the body. Without it, HTTP ignores a body and a direct request has no such fields. */
  readonly parseBody?: (
    body: unknown,
    invocation: Invocation,
  ) => Omit<RequestOf<Name>, 'action' | 'ifMatch' | PathParameter>;
  /** Parses the query parameters of the route. A direct request has them as fields of its body. */
  readonly parseQuery?: (
    values: (name: string) => readonly string[],
  ) => Omit<RequestOf<Name>, 'action' | PathParameter>;
  /** Fields of the body that a direct request may omit, because its action implies them. */
  readonly impliedFields?: object;
  readonly run: (
    deps: HostDeps,
    request: RequestOf<Name>,
    invocation: Invocation,
  ) => Promise<HostResponse>;
}

export const HOST_ACTIONS: { readonly [Name in HostActionName]: HostAction<Name> } = {
  listRooms: {
    route: 'GET /rooms',
    status: 200,
    parseQuery: readRoomPage,
    parseBody: parseRoomPage,
    run: listRooms,
  },
  getRoom: { route: 'GET /rooms/{name}', status: 200, run: getRoom },
  putRoom: {
    route: 'PUT /rooms/{name}',
    status: (room) => ('created' in room && room.created ? 201 : 200),
    isConditional: true,
    parseBody: (body, invocation) => parseOpenRequest('', body, invocation),
    run: putRoom,
  },
  deleteRoom: {
    route: 'DELETE /rooms/{name}',
    status: 204,
    isConditional: true,
    run: deleteRoom,
  },
  listInvites: { route: 'GET /rooms/{name}/invites', status: 200, run: manageInvites },
  createInvite: {
    route: 'POST /rooms/{name}/invites',
    status: 201,
    parseBody: (body, { nowSeconds }) => ({ invite: parseInviteRequest(body, nowSeconds) }),
    run: manageInvites,
  },
  deleteInvite: {
    route: 'DELETE /rooms/{name}/invites/{inviteId}',
    status: 204,
    run: manageInvites,
  },
  listKnocks: { route: 'GET /rooms/{name}/knocks', status: 200, run: manageKnocks },
  decideKnock: {
    route: 'PUT /rooms/{name}/knocks/{knockId}',
    status: 204,
    parseBody: parseDecision,
    run: manageKnocks,
  },
  decideKnocks: {
    route: 'PUT /rooms/{name}/knocks',
    status: 204,
    parseBody: parseDecisions,
    run: manageKnocks,
  },
  listParticipants: {
    route: 'GET /rooms/{name}/participants',
    status: 200,
    run: manageParticipants,
  },
  decideParticipant: {
    route: 'PUT /rooms/{name}/participants/{participantId}',
    status: 204,
    parseBody: parseParticipantDecision,
    run: manageParticipants,
  },
  removeEveryone: {
    route: 'PUT /rooms/{name}/participants',
    status: 204,
    impliedFields: { decision: 'remove' },
    parseBody: parseRemoval,
    run: manageParticipants,
  },
};

export type ServeHost = (request: HostRequest, invocation: Invocation) => Promise<HostResponse>;

/**
 * Returns the use cases of hosts. They throw Fault `ForbiddenError` unless the caller is a host, of the room if the
 * request is about one, and Fault `ParticipantBannedError` if the caller is banned from that room.
 */
export function createServeHost(deps: HostDeps): ServeHost {
  return async (request, invocation) => {
    const { caller, remainingMs } = invocation;
    const name = 'room' in request ? request.room : undefined;
    assertHost(caller, name);
    if (name !== undefined) await assertHostNotBanned(deps, { name, caller }, remainingMs);
    const { run } = HOST_ACTIONS[request.action] as HostAction<HostActionName>;
    return run(deps, request as never, invocation);
  };
}
