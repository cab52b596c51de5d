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
import { createNameReader, createPathTest } from './path.ts';

const parameter = 'name';
const readTokensOf = createNameReader({ parameter, root: 'rooms', ending: '/tokens' });
const readRoom = createNameReader({ parameter, root: 'rooms', ending: '' });
/** The routes of the vendor's learning servers. A GET that may create is their convention, used nowhere else. */
const readSample = createNameReader({ parameter, root: 'room', ending: '' });
const isSampleSession = createPathTest('/session');
const SAMPLE_SESSION_ROOM = 'session';
/** The learning servers create routed sessions, which their archiving samples need. */
const SAMPLE_OPTIONS = parseSessionRequest({ mediaMode: 'routed' });

/** @throws Fault `RoomNotFoundError` for a path that is none of these, `MethodNotAllowedError`, `ValidationError` */
export function readRoomRoute(
  http: HttpRequest,
  invocation: Invocation,
  { sampleRoutes }: { readonly sampleRoutes: boolean },
): RoomRequest {
  const { method, body } = http;
  const tokensOf = readTokensOf(http);
  if (tokensOf !== undefined) {
    const room = readRoomName(tokensOf);
    assertMethod(http, 'POST');
    return { action: 'join', ...parseJoinRequest(room, body, invocation) };
  }
  const named = readRoom(http);
  if (named !== undefined) {
    const room = readRoomName(named);
    assertMethod(http, 'GET', 'DELETE');
    return { action: method === 'DELETE' ? 'close' : 'read', room };
  }
  const sample = sampleRoutes ? readSampleRoom(http) : undefined;
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

function readSampleRoom(http: HttpRequest): string | undefined {
  const room = readSample(http);
  if (room !== undefined) return readRoomName(room);
  return isSampleSession(http) ? SAMPLE_SESSION_ROOM : undefined;
}

const STATUSES = { join: 201, read: 200, close: 204, sample: 200 } as const satisfies Record<
  RoomRequest['action'],
  number
>;

export function toRoomStatus({ action }: RoomRequest): number {
  return STATUSES[action];
}
