/**
 * The routes of rooms: method and path to what is asked. Pure: no I/O.
 */
import { Fault } from '../domain/faults.ts';
import { readRoomName } from '../domain/room.ts';
import { parseJoinRequest } from '../domain/room-request.ts';
import { parseSessionRequest } from '../domain/session-request.ts';
import { parseTokenRequest } from '../domain/token-request.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import type { RoomRequest } from '../use-cases/join-room.ts';
import { assertMethod, type HttpRequest } from './http-request.ts';

const TOKENS = /\/rooms\/([^/]+)\/tokens\/?$/;
const ROOM = /\/rooms\/([^/]+)\/?$/;
/** The routes of the vendor's learning servers. A GET that may create is their convention, used nowhere else. */
const SAMPLE_ROOM = /\/room\/([^/]+)\/?$/;
const SAMPLE_SESSION = /\/session\/?$/;
const SAMPLE_SESSION_ROOM = 'session';
/** The learning servers create routed sessions, which their archiving samples need. */
const SAMPLE_OPTIONS = parseSessionRequest({ mediaMode: 'routed' });

/** @throws Fault `RoomNotFoundError` for a path that is none of these, `MethodNotAllowedError`, `ValidationError` */
export function readRoomRoute(
  http: HttpRequest,
  invocation: Invocation,
  { sampleRoutes }: { readonly sampleRoutes: boolean },
): RoomRequest {
  const { method, path, body } = http;
  const tokensOf = TOKENS.exec(path)?.[1];
  if (tokensOf !== undefined) {
    assertMethod(http, 'POST');
    return { action: 'join', ...parseJoinRequest(readRoomName(tokensOf), body, invocation) };
  }
  const room = ROOM.exec(path)?.[1];
  if (room !== undefined) {
    assertMethod(http, 'GET', 'DELETE');
    return { action: method === 'DELETE' ? 'close' : 'read', room: readRoomName(room) };
  }
  const sample = sampleRoutes ? readSampleRoom(path) : undefined;
  if (sample === undefined) throw new Fault('RoomNotFoundError', 'There is nothing at this path.');
  assertMethod(http, 'GET');
  const token = parseTokenRequest({}, invocation);
  // Nothing is wanted of a room that exists, so that a sample can join one that was made otherwise.
  return {
    action: 'sample',
    room: sample,
    token,
    session: { options: SAMPLE_OPTIONS, wanted: {} },
  };
}

function readSampleRoom(path: string): string | undefined {
  const room = SAMPLE_ROOM.exec(path)?.[1];
  if (room !== undefined) return readRoomName(room);
  return SAMPLE_SESSION.test(path) ? SAMPLE_SESSION_ROOM : undefined;
}

const STATUSES = { join: 201, read: 200, close: 204, sample: 200 } as const satisfies Record<
  RoomRequest['action'],
  number
>;

export function toRoomStatus({ action }: RoomRequest): number {
  return STATUSES[action];
}
