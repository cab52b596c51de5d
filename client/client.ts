/**
 * The API's routes as functions.
 */
import type {
  CreatedInvite,
  Decision,
  InviteRequest,
  JoinedRoom,
  JoinRequest,
  KnockList,
  PutRoom,
  Room,
  RoomRequest,
  Session,
  SessionRequest,
  Token,
  TokenRequest,
  Waiting,
} from './api-types.ts';
import { toPath } from './path.ts';
import { type Call, type CallOptions, type Connection, send } from './send.ts';

/**
 * All throw `ProblemError` for every response that is not a success, `TypeError` if a room's name or an id
 * is missing, a `TimeoutError` after `timeoutMs`, the reason of an aborted `signal`, and whatever `headers`
 * and `fetch` throw.
 */
export interface Client {
  createSession(request?: SessionRequest, options?: CallOptions): Promise<Session>;
  issueToken(sessionId: string, request?: TokenRequest, options?: CallOptions): Promise<Token>;
  /** Sends one request, so the response can be to wait for a host. A token source polls automatically. */
  joinRoom(
    room: string,
    request?: JoinRequest,
    options?: CallOptions,
  ): Promise<JoinedRoom | Waiting>;
  putRoom(room: string, request?: RoomRequest, options?: HostOptions): Promise<PutRoom>;
  readRoom(room: string, options?: CallOptions): Promise<Room>;
  closeRoom(room: string, options?: HostOptions): Promise<void>;
  createInvite(
    room: string,
    request?: InviteRequest,
    options?: CallOptions,
  ): Promise<CreatedInvite>;
  listKnocks(room: string, options?: CallOptions): Promise<KnockList>;
  /** Admits or denies the user or guest who waits under this id. */
  decideKnock(
    room: string,
    knockId: string,
    request: Decision,
    options?: CallOptions,
  ): Promise<void>;
}

export interface HostOptions extends CallOptions {
  /** The `etag` of the room as it was read. If another host has changed it since, the call fails with a 412. */
  readonly ifMatch?: string | undefined;
}

export function createClient(connection: Connection): Client {
  const call = async <Body>(
    method: Call['method'],
    path: readonly string[],
    options?: HostOptions,
    body?: object,
  ) => (await send<Body>(connection, { ...options, method, path: toPath(...path), body })).body;
  return {
    createSession: (request = {}, options) => call('POST', ['sessions'], options, request),
    issueToken: (sessionId, request = {}, options) =>
      call('POST', ['sessions', sessionId, 'tokens'], options, request),
    joinRoom: (room, request = {}, options) =>
      call('POST', ['rooms', room, 'tokens'], options, request),
    putRoom: (room, request = {}, options) => call('PUT', ['rooms', room], options, request),
    readRoom: (room, options) => call('GET', ['rooms', room], options),
    closeRoom: (room, options) => call('DELETE', ['rooms', room], options),
    createInvite: (room, request = {}, options) =>
      call('POST', ['rooms', room, 'invites'], options, request),
    listKnocks: (room, options) => call('GET', ['rooms', room, 'knocks'], options),
    decideKnock: (room, knockId, request, options) =>
      call('PUT', ['rooms', room, 'knocks', knockId], options, request),
  };
}
