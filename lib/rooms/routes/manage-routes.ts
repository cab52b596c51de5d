/**
 * The routes of hosts: method and path to what is asked of a room. Pure: no I/O.
 */

import { readHeaderValues } from '../../events/header-values.ts';
import { assertMethod, type HttpRequest } from '../../events/http-request.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { parseIfMatch } from '../domain/if-match.ts';
import { parseInviteRequest } from '../domain/invite.ts';
import { readRoomName } from '../domain/room.ts';
import { parseOpenRequest } from '../domain/room-request.ts';
import { roomFault } from '../faults.ts';
import type { HostAnswer, HostRequest } from '../use-cases/serve-host.ts';
import { parseDecision } from './decision.ts';
import { type HostPath, readHostPath } from './host-path.ts';

type ReadRoute = (http: HttpRequest, invocation: Invocation, named: HostPath) => HostRequest;

/** By what the path names, then by method. */
const ROUTES: Readonly<Record<string, Readonly<Record<string, ReadRoute>>>> = {
  room: {
    GET: (_http, _invocation, { room }) => ({ action: 'getRoom', room }),
    PUT: (http, invocation, { room }) => ({
      action: 'putRoom',
      ifMatch: readIfMatch(http),
      ...parseOpenRequest(room, http.body, invocation),
    }),
    DELETE: (http, _invocation, { room }) => ({
      action: 'deleteRoom',
      room,
      ifMatch: readIfMatch(http),
    }),
  },
  invites: {
    GET: (_http, _invocation, { room }) => ({ action: 'listInvites', room }),
    POST: (http, { nowSeconds }, { room }) => ({
      action: 'createInvite',
      room,
      invite: parseInviteRequest(http.body, nowSeconds),
    }),
  },
  'one of invites': {
    DELETE: (_http, _invocation, { room, id = '' }) => ({
      action: 'deleteInvite',
      room,
      inviteId: id,
    }),
  },
  knocks: {
    GET: (_http, _invocation, { room }) => ({ action: 'listKnocks', room }),
    PUT: (http, _invocation, { room }) => ({
      action: 'decideKnocks',
      room,
      ...parseDecision(http.body),
    }),
  },
  'one of knocks': {
    PUT: (http, _invocation, { room, id = '' }) => ({
      action: 'decideKnock',
      room,
      knockId: id,
      ...parseDecision(http.body),
    }),
  },
};

/** @throws Fault `RoomNotFoundError` for a path that is none of these, `MethodNotAllowedError`, `ValidationError` */
export function readManageRoute(http: HttpRequest, invocation: Invocation): HostRequest {
  const named = readHostPath(http);
  if (!named) throw roomFault('RoomNotFoundError', 'There is nothing at this path.');
  readRoomName(named.room);
  const byMethod = ROUTES[named.id === undefined ? named.part : `one of ${named.part}`] ?? {};
  assertMethod(http, ...Object.keys(byMethod));
  const read = byMethod[http.method] ?? byMethod['GET'];
  if (!read) throw roomFault('RoomNotFoundError', 'There is nothing at this path.');
  return read(http, invocation, named);
}

function readIfMatch({ event }: HttpRequest) {
  const values = readHeaderValues(event, 'if-match');
  return parseIfMatch(values.length === 0 ? undefined : values.join(', '));
}

const STATUSES: Readonly<Partial<Record<HostRequest['action'], number>>> = {
  createInvite: 201,
  deleteRoom: 204,
  deleteInvite: 204,
  decideKnock: 204,
  decideKnocks: 204,
};

export function toManageStatus({ action }: HostRequest, answer: HostAnswer): number {
  return STATUSES[action] ?? ('created' in answer && answer.created ? 201 : 200);
}

export function toManageHeaders(answer: HostAnswer): Readonly<Record<string, string>> {
  return 'etag' in answer ? { etag: answer.etag } : {};
}
