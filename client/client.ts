/**
 * The API's routes as functions.
 */
import type {
  JoinedRoom,
  JoinRequest,
  PutRoom,
  Room,
  RoomRequest,
  Session,
  SessionRequest,
  Token,
  TokenRequest,
} from './api-types.ts';
import { type Call, type CallOptions, type Connection, send } from './send.ts';

/**
 * All throw ProblemError for every answer that is no success and TypeError where a room's name or a
 * session id is missing; else what `send` throws.
 */
export interface Client {
  createSession(request?: SessionRequest, options?: CallOptions): Promise<Session>;
  issueToken(sessionId: string, request?: TokenRequest, options?: CallOptions): Promise<Token>;
  joinRoom(room: string, request?: JoinRequest, options?: CallOptions): Promise<JoinedRoom>;
  putRoom(room: string, request?: RoomRequest, options?: HostOptions): Promise<PutRoom>;
  readRoom(room: string, options?: CallOptions): Promise<Room>;
  closeRoom(room: string, options?: HostOptions): Promise<void>;
}

export interface HostOptions extends CallOptions {
  /** The `etag` of the room as it was read, so that nothing of another host's is overwritten; else a 412. */
  readonly ifMatch?: string | undefined;
}

export function createClient(connection: Connection): Client {
  const call = async <Body>(
    method: Call['method'],
    path: string,
    options?: HostOptions,
    body?: object,
  ) => (await send<Body>(connection, { ...options, method, path, body })).body;
  return {
    createSession: async (request = {}, options) => call('POST', '/sessions', options, request),
    issueToken: async (sessionId, request = {}, options) =>
      call('POST', tokensPath({ sessionId }), options, request),
    joinRoom: async (room, request = {}, options) =>
      call('POST', tokensPath({ room }), options, request),
    putRoom: async (room, request = {}, options) => call('PUT', roomPath(room), options, request),
    readRoom: async (room, options) => call('GET', roomPath(room), options),
    closeRoom: async (room, options) => call('DELETE', roomPath(room), options),
  };
}

/** @throws TypeError without either: `undefined` in a path would name something that nobody meant */
export function tokensPath(target: {
  readonly room?: string;
  readonly sessionId?: string;
}): string {
  const { room, sessionId } = target;
  return `${sessionId ? `/sessions/${encodeURIComponent(sessionId)}` : roomPath(room)}/tokens`;
}

function roomPath(room: string | undefined): string {
  if (room) return `/rooms/${encodeURIComponent(room)}`;
  throw new TypeError('A room or a sessionId is needed.');
}
