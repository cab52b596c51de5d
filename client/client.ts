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
  ParticipantDecision,
  ParticipantList,
  PutRoom,
  Room,
  RoomList,
  RoomRequest,
  Session,
  SessionRequest,
  Token,
  TokenRequest,
  Waiting,
} from './api-types.ts';
import { toPath, toQuery } from './path.ts';
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
  /** Lists one page of the rooms, in the order of their names. `next` is the `after` of the next page. */
  listRooms(page?: RoomPage, options?: CallOptions): Promise<RoomList>;
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
  /** Lists the people who have a client in the room's session, in the order of arrival. */
  listParticipants(room: string, options?: CallOptions): Promise<ParticipantList>;
  /** Disconnects a person, bans a person, or lifts a ban. */
  decideParticipant(
    room: string,
    participantId: string,
    request: ParticipantDecision,
    options?: CallOptions,
  ): Promise<void>;
  /** Disconnects everyone, hosts included. They may join again. */
  removeEveryone(room: string, options?: CallOptions): Promise<void>;
  /**
   * Sets `admission` to `closed`, so that only hosts can join, then disconnects everyone. The other rules
   * stay, and so does a room that has passed its `closesAt`. If another host changes the room meanwhile, the
   * call fails with a 412 before anyone is disconnected.
   */
  endMeeting(room: string, options?: CallOptions): Promise<void>;
}

export interface RoomPage {
  /** Maximum number of rooms in the page. 1 to 100, default 100. */
  readonly limit?: number | undefined;
  /** The `next` of the page before. Default: the first page. */
  readonly after?: string | null | undefined;
}

export interface HostOptions extends CallOptions {
  /** The `etag` of the room as it was read. If another host has changed it since, the call fails with a 412. */
  readonly ifMatch?: string | undefined;
}

/** Every rule of a room but `admission`. */
const OTHER_RULES = [
  'opensAt',
  'closesAt',
  'defaultRole',
  'reference',
  'maxParticipants',
  'disconnectAtClose',
] as const;
type OtherRules = (typeof OTHER_RULES)[number];

/**
 * Returns the rules of a room as `putRoom` takes them, for changing one of them and keeping the others.
 */
export function rulesOf(room: Room): Pick<RoomRequest, OtherRules> & Pick<Room, 'admission'> {
  const others = OTHER_RULES.map((name) => [name, room[name] ?? undefined]);
  return { admission: room.admission, ...Object.fromEntries(others) };
}

export function createClient(connection: Connection): Client {
  const request = <Body>(
    method: Call['method'],
    path: readonly string[],
    options?: HostOptions,
    body?: object,
  ) => send<Body>(connection, { ...options, method, path: toPath(...path), body });
  const call = async <Body>(...given: Parameters<typeof request>) =>
    (await request<Body>(...given)).body;
  const client: Client = {
    createSession: (request = {}, options) => call('POST', ['sessions'], options, request),
    issueToken: (sessionId, request = {}, options) =>
      call('POST', ['sessions', sessionId, 'tokens'], options, request),
    joinRoom: (room, request = {}, options) =>
      call('POST', ['rooms', room, 'tokens'], options, request),
    putRoom: (room, request = {}, options) => call('PUT', ['rooms', room], options, request),
    readRoom: (room, options) => call('GET', ['rooms', room], options),
    listRooms: async ({ limit, after } = {}, options) => {
      const path = `/rooms${toQuery({ limit, after })}`;
      return (await send<RoomList>(connection, { ...options, method: 'GET', path })).body;
    },
    closeRoom: (room, options) => call('DELETE', ['rooms', room], options),
    createInvite: (room, request = {}, options) =>
      call('POST', ['rooms', room, 'invites'], options, request),
    listKnocks: (room, options) => call('GET', ['rooms', room, 'knocks'], options),
    decideKnock: (room, knockId, request, options) =>
      call('PUT', ['rooms', room, 'knocks', knockId], options, request),
    listParticipants: (room, options) => call('GET', ['rooms', room, 'participants'], options),
    decideParticipant: (room, participantId, request, options) =>
      call('PUT', ['rooms', room, 'participants', participantId], options, request),
    removeEveryone: (room, options) =>
      call('PUT', ['rooms', room, 'participants'], options, { decision: 'remove' }),
    async endMeeting(room, options) {
      const { body, serverNowMs } = await request<Room>('GET', ['rooms', room], options);
      const { closesAt, admission } = body;
      if (closesAt === null || serverNowMs() < closesAt * 1000) {
        let ifMatch = body.etag;
        // A room that was created by joining would get a new session by its first rules, and keep its
        // clients in the old one, unless it is put as it is before.
        for (const next of [admission, 'closed'] as const) {
          const rules = { ...rulesOf(body), admission: next };
          ifMatch = (await client.putRoom(room, rules, { ...options, ifMatch })).etag;
        }
      }
      await client.removeEveryone(room, options);
    },
  };
  return client;
}
