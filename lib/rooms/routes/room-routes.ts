/**
 * Reads the requests to join a room: by its route, and by the vendor's sample routes. Pure: no I/O.
 */
import { Fault, validationError } from '../../domain/faults.ts';
import { parseSessionRequest } from '../../domain/session-request.ts';
import { parseTokenRequest } from '../../domain/token-request.ts';
import { assertMethod, type HttpRequest } from '../../events/http-request.ts';
import { createNameReader, createPathTest } from '../../events/path.ts';
import { readQueryValues } from '../../events/query-values.ts';
import { asRecord } from '../../events/untrusted.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import {
  isStoredRoomName,
  readRoomName,
  readSampleRoomName,
  SAMPLE_ROOM_NAME_RULE,
} from '../domain/room.ts';
import { parseJoinRequest, type RequestedSession } from '../domain/room-request.ts';
import { roomFault } from '../faults.ts';
import type { RoomRequest, RoomResponse } from '../use-cases/join-room.ts';

const parameter = 'name';
const readTokensOf = createNameReader({ parameter, root: 'rooms', ending: '/tokens' });
/** The routes of the vendor's learning servers. Only these create a room by a GET, by the vendor's convention. */
const readSample = createNameReader({ parameter, root: 'room', ending: '' });
const isSampleSession = createPathTest('/session');
const SAMPLE_SESSION_ROOM = 'session';
/** The route of its current apps, a call of tRPC. */
const isAppCall = createPathTest('/v2/createSessionAndJoin');
/** The route of its reference app before March 2026. */
const readReference = createNameReader({ parameter, root: 'session', ending: '' });
/** The learning servers create routed sessions, which their archiving samples need. */
const SAMPLE_OPTIONS = parseSessionRequest({ mediaMode: 'routed' });

/** @throws Fault `RoomNotFoundError` for a path of no route, `MethodNotAllowedError`, `ValidationError` */
export function readRoomRoute(
  http: HttpRequest,
  invocation: Invocation,
  { sampleRoutes }: { readonly sampleRoutes: boolean },
): RoomRequest {
  const tokensOf = readTokensOf(http);
  if (tokensOf !== undefined) {
    const room = readRoomName(tokensOf);
    assertMethod(http, 'POST');
    return { action: 'join', ...parseJoinRequest(room, http.body, invocation) };
  }
  if (sampleRoutes && isAppCall(http)) {
    assertMethod(http, 'POST');
    return {
      ...readAppCall(http),
      token: parseTokenRequest({}, invocation),
      isExpiryAsked: false,
      hasKnock: false,
      session: { options: SAMPLE_OPTIONS, requested: {} },
    };
  }
  const sample = sampleRoutes ? readSampleRoute(http) : undefined;
  if (sample === undefined) throw roomFault('RoomNotFoundError', 'There is nothing at this path.');
  assertMethod(http, 'GET');
  return {
    action: sample.action,
    room: readSampleRoomName(sample.segment),
    token: parseTokenRequest({}, invocation),
    isExpiryAsked: false,
    hasKnock: false,
    session: readRequestedSample(http),
  };
}

/**
 * Reads the input of one call. The reference app sends it in a batch, `{"0": {…}}` with `?batch=1`, the
 * iOS app alone. As on the vendor's server, fields other than `roomName` are ignored.
 *
 * @throws Fault `ValidationError`
 */
function readAppCall({ body, event }: HttpRequest): Pick<RoomRequest, 'action' | 'room'> {
  const isBatch = readQueryValues(event, 'batch').includes('1');
  const input = asRecord(isBatch ? asRecord(body)['0'] : body);
  if (isBatch && Object.keys(asRecord(body)).length > 1) {
    throw new Fault('ValidationError', 'A batch may contain one call.');
  }
  const { roomName: room } = input;
  if (!isStoredRoomName(room)) {
    const pointer = isBatch ? '#/0/roomName' : '#/roomName';
    throw validationError([{ pointer, detail: SAMPLE_ROOM_NAME_RULE }]);
  }
  return { action: isBatch ? 'appBatch' : 'app', room };
}

function readSampleRoute(
  http: HttpRequest,
): { readonly action: 'sample' | 'reference'; readonly segment: string } | undefined {
  const room = readSample(http);
  if (room !== undefined) return { action: 'sample', segment: room };
  const referenceRoom = readReference(http);
  if (referenceRoom !== undefined) return { action: 'reference', segment: referenceRoom };
  if (isSampleSession(http)) return { action: 'sample', segment: SAMPLE_SESSION_ROOM };
  return undefined;
}

/**
 * Reads the session options of a sample. An existing room is compared with `e2ee` only, so a sample can
 * join a room with other options, but never takes an unencrypted room for an encrypted one.
 * @throws Fault `ValidationError`
 */
function readRequestedSample({ event }: HttpRequest): RequestedSession {
  const [e2ee, ...more] = readQueryValues(event, 'e2ee');
  if (e2ee === undefined) return { options: SAMPLE_OPTIONS, requested: {} };
  if (more.length > 0 || (e2ee !== 'true' && e2ee !== 'false')) {
    throw new Fault('ValidationError', 'The query parameter e2ee must be true or false, once.');
  }
  const requested = { e2ee: e2ee === 'true' };
  return { options: { ...SAMPLE_OPTIONS, ...requested }, requested };
}

const STATUSES = {
  join: 201,
  sample: 200,
  reference: 200,
  app: 200,
  appBatch: 200,
} as const satisfies Record<RoomRequest['action'], number>;

export function toRoomStatus({ action }: RoomRequest, answer: RoomResponse): number {
  return 'status' in answer ? 202 : STATUSES[action];
}

/** Returns the body of a success: calls of tRPC get an envelope, calls in a batch an array of them. */
export function toRoomBody({ action }: RoomRequest, answer: RoomResponse): object {
  if (action !== 'app' && action !== 'appBatch') return answer;
  const envelope = { result: { data: answer } };
  return action === 'app' ? envelope : [envelope];
}
