/**
 * The use case "join a room". Knows no event and no environment.
 */

import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import { decideToken, isHost } from '../../domain/access.ts';
import { Fault } from '../../domain/faults.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { assertTokenType, type SignToken } from '../../use-cases/issue-token.ts';
import { toKnockId, toWaitingResponse, type WaitingResponse } from '../domain/knock.ts';
import type { Room } from '../domain/room.ts';
import { assertMayEnter, decideCreation } from '../domain/room-access.ts';
import type { JoinRequest } from '../domain/room-request.ts';
import { applyRules, assertAdmitted, NO_RULES } from '../domain/room-rules.ts';
import { roomFault } from '../faults.ts';
import type { IsBanned } from '../table/ban-store.ts';
import type { LeaveWaitingRoom } from '../table/knock-store.ts';
import { assertNotBanned } from './assert-not-banned.ts';
import type { EnsureRoom } from './ensure-room.ts';
import type { RequestAdmission } from './request-admission.ts';
import { type JoinedRoom, signForRoom } from './sign-for-room.ts';
import type { SeatCaller } from './take-seat.ts';

export type RoomRequest = {
  readonly action: 'join' | 'sample' | 'reference' | 'app' | 'appBatch';
} & JoinRequest;

/**
 * The response of the vendor's sample servers. Which of the two fields a sample client reads for the
 * project's id depends on the client, not on the kind of project.
 */
export interface SampleResponse {
  readonly apiKey: string;
  readonly applicationId: string;
  readonly sessionId: string;
  readonly token: string;
}
/** The response of the vendor's reference app, which also reads whether captions are running. */
export type ReferenceResponse = SampleResponse & { readonly captionsId: null };
/**
 * What the vendor's current apps read. They send `sessionKey` back on routes for archives and captions,
 * which this service does not have; it is the session id.
 */
export type AppResponse = Omit<SampleResponse, 'apiKey'> & { readonly sessionKey: string };
export type RoomResponse =
  | JoinedRoom
  | SampleResponse
  | ReferenceResponse
  | AppResponse
  | WaitingResponse;

export interface RoomDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly ensureRoom: EnsureRoom;
  readonly signToken: SignToken;
  readonly requestAdmission: RequestAdmission;
  readonly leaveWaitingRoom: LeaveWaitingRoom;
  readonly isBanned: IsBanned;
  readonly seatCaller: SeatCaller;
  /** Whether any end user may create a room with the default options by joining it. Default: hosts only. */
  readonly openRooms: boolean;
  /** The clock at the moment of signing, in milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

export type ServeRoom = (request: RoomRequest, invocation: Invocation) => Promise<RoomResponse>;

/**
 * The use cases throw Fault `ForbiddenError`, `RoomNotFoundError` and `RoomConflictError`, and by the
 * rules of the room `RoomNotOpenError`, `RoomLockedError`, `RoomClosedError`, `AdmissionDeniedError` and
 * `RoomFullError`.
 */
export function createServeRoom(deps: RoomDeps): ServeRoom {
  return async (request, invocation) => {
    const joined = await joinRoom(deps, request, invocation);
    if ('status' in joined) return joined;
    switch (request.action) {
      case 'join':
        return joined;
      case 'sample':
        return toSampleResponse(joined);
      case 'reference':
        return { ...toSampleResponse(joined), captionsId: null };
      case 'app':
      case 'appBatch': {
        const { applicationId, sessionId, token } = toSampleResponse(joined);
        return { applicationId, sessionId, sessionKey: sessionId, token };
      }
    }
  };
}

async function joinRoom(
  deps: RoomDeps,
  { action, room: name, token, isExpiryAsked, session, hasKnock }: RoomRequest,
  invocation: Invocation,
): Promise<JoinedRoom | WaitingResponse> {
  const { projectSecret, ensureRoom, signToken, requestAdmission, isBanned, openRooms, now } = deps;
  const { seatCaller } = deps;
  const { caller, remainingMs } = invocation;
  assertMayEnter(caller, name);
  // A request for a token that cannot be issued is rejected before a room is created for it.
  const { role, data } = decideToken(caller, token);
  const known = await projectSecret.get(remainingMs);
  assertTokenType(known, token.tokenType);
  const creation = decideCreation(caller, openRooms);
  const { room, credentials } = await ensureRoom(
    { name, session, creation, credentials: known },
    invocation,
  );
  const { rules = NO_RULES } = room;
  const assertStillAdmitted = (nowSeconds: number) => assertAdmitted(rules, caller, nowSeconds);
  // By the clock: the room may have closed while the table and the platform responded.
  assertStillAdmitted(Math.floor(now() / 1000));
  await assertNotBanned(isBanned, { room, caller }, remainingMs);
  const granted = applyRules(rules, caller, { token, isExpiryAsked });
  const grant = { role: granted.role ?? role, data };
  const admitted = { room, token: granted, credentials, grant, assertStillAdmitted };
  const sign = () => signForRoom(signToken, admitted, invocation);
  const takeSeat = () => seatCaller({ room, caller, data: grant.data }, remainingMs);
  if (rules.admission !== 'knock' || isHost(caller)) {
    const joined = await sign();
    await takeSeat();
    // Only then may the caller be on the list; every other join costs no call.
    if (hasKnock && 'subject' in caller) await leave(deps, room, caller.subject, invocation);
    return joined;
  }
  if (action !== 'join' || !('subject' in caller)) {
    throw roomFault(
      'RoomLockedError',
      'The room has a waiting room, which this route does not lead to; join it by POST /rooms/{name}/tokens.',
    );
  }
  const waiting = toWaitingResponse(toKnockId(caller.subject));
  const who = { room, subject: caller.subject, name: undefined };
  const admission = await requestAdmission(who, invocation);
  if (!admission) return waiting;
  const joined = await sign();
  // Before the admission is used, so an admitted person who meets a full room can try again.
  const seat = await takeSeat();
  if (await admission.consume()) return joined;
  await seat.release(remainingMs);
  return waiting;
}

/** A failure is ignored: the caller has joined, and is off the list after 30 seconds without a poll. */
async function leave(
  { leaveWaitingRoom }: RoomDeps,
  { name: room, sessionId }: Room,
  subject: string,
  { remainingMs }: Invocation,
): Promise<void> {
  try {
    await leaveWaitingRoom({ room, sessionId, knockId: toKnockId(subject) }, remainingMs);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

function toSampleResponse({ sessionId, token, ...joined }: JoinedRoom): SampleResponse {
  const id = 'apiKey' in joined ? joined.apiKey : joined.applicationId;
  return { apiKey: id, applicationId: id, sessionId, token };
}
