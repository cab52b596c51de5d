/**
 * The routes of hosts: method and path to what is asked of a room. Pure: no I/O.
 */
import { Fault } from '../domain/faults.ts';
import { parseIfMatch } from '../domain/if-match.ts';
import { readRoomName } from '../domain/room.ts';
import { parseOpenRequest } from '../domain/room-request.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import type { ManageAnswer, ManageRequest } from '../use-cases/manage-room.ts';
import { readHeaderValues } from './header-values.ts';
import { assertMethod, type HttpRequest } from './http-request.ts';
import { createNameReader } from './path.ts';

const readRoom = createNameReader({ parameter: 'name', root: 'rooms', ending: '' });

/** @throws Fault `RoomNotFoundError` for a path that is none of these, `MethodNotAllowedError`, `ValidationError` */
export function readManageRoute(http: HttpRequest, invocation: Invocation): ManageRequest {
  const named = readRoom(http);
  if (named === undefined) throw new Fault('RoomNotFoundError', 'There is nothing at this path.');
  const room = readRoomName(named);
  assertMethod(http, 'GET', 'PUT', 'DELETE');
  switch (http.method) {
    case 'PUT':
      return {
        action: 'putRoom',
        ifMatch: readIfMatch(http),
        ...parseOpenRequest(room, http.body, invocation),
      };
    case 'DELETE':
      return { action: 'deleteRoom', room, ifMatch: readIfMatch(http) };
    default:
      return { action: 'getRoom', room };
  }
}

function readIfMatch({ event }: HttpRequest) {
  const values = readHeaderValues(event, 'if-match');
  return parseIfMatch(values.length === 0 ? undefined : values.join(', '));
}

export function toManageStatus({ action }: ManageRequest, answer: ManageAnswer): number {
  if (action === 'deleteRoom') return 204;
  return 'created' in answer && answer.created ? 201 : 200;
}

export function toManageHeaders(answer: ManageAnswer): Readonly<Record<string, string>> {
  return 'etag' in answer ? { etag: answer.etag } : {};
}
