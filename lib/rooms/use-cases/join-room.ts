/**
 * The use case "join a room". Knows no event and no environment.
 */

import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import { decideToken, isHost } from '../../domain/access.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { assertTokenType, type SignToken } from '../../use-cases/issue-token.ts';
import { toKnockId, toWaitingAnswer, type WaitingAnswer } from '../domain/knock.ts';
import { assertMayEnter, decideCreation } from '../domain/room-access.ts';
import type { JoinRequest } from '../domain/room-request.ts';
import { applyRules, assertAdmitted, NO_RULES } from '../domain/room-rules.ts';
import { roomFault } from '../faults.ts';
import type { EnsureRoom } from './ensure-room.ts';
import type { RequestAdmission } from './request-admission.ts';
import { type JoinedRoom, signForRoom } from './sign-for-room.ts';

export type RoomRequest = {
  readonly action: 'join' | 'sample' | 'reference' | 'app' | 'appBatch';
} & JoinRequest;

/**
 * The response of the vendor's sample servers. Which of the two fields a sample client reads for the
 * project's id depends on the client, not on the kind of project.
 */
export interface SampleAnswer {
  readonly apiKey: string;
  readonly applicationId: string;
  readonly sessionId: string;
  readonly token: string;
}
/** The response of the vendor's reference app, which also reads whether captions are running. */
export type ReferenceAnswer = SampleAnswer & { readonly captionsId: null };
/**
 * What the vendor's current apps read. They send `sessionKey` back on routes for archives and captions,
 * which this service does not have; it is the session id.
 */
export type AppAnswer = Omit<SampleAnswer, 'apiKey'> & { readonly sessionKey: string };
export type RoomAnswer = JoinedRoom | SampleAnswer | ReferenceAnswer | AppAnswer | WaitingAnswer;

export interface RoomDeps {
  readonly projectSecret: SecretCache<Credentials>;
  readonly ensureRoom: EnsureRoom;
  readonly signToken: SignToken;
  readonly requestAdmission: RequestAdmission;
  /** Whether any end user may create a room with the default options by joining it. Default: hosts only. */
  readonly openRooms: boolean;
  /** The clock at the moment of signing, in milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

export type ServeRoom = (request: RoomRequest, invocation: Invocation) => Promise<RoomAnswer>;

/**
 * The use cases throw Fault `ForbiddenError`, `RoomNotFoundError` and `RoomConflictError`, and by the
 * rules of the room `RoomNotOpenError`, `RoomLockedError`, `RoomClosedError` and `AdmissionDeniedError`.
 */
export function createServeRoom(deps: RoomDeps): ServeRoom {
  return async (request, invocation) => {
    const joined = await joinRoom(deps, request, invocation);
    if ('status' in joined) return joined;
    switch (request.action) {
      case 'join':
        return joined;
      case 'sample':
        return toSampleAnswer(joined);
      case 'reference':
        return { ...toSampleAnswer(joined), captionsId: null };
      case 'app':
      case 'appBatch': {
        const { applicationId, sessionId, token } = toSampleAnswer(joined);
        return { applicationId, sessionId, sessionKey: sessionId, token };
      }
    }
  };
}

async function joinRoom(
  { projectSecret, ensureRoom, signToken, requestAdmission, openRooms, now }: RoomDeps,
  { action, room: name, token, isExpiryAsked, session }: RoomRequest,
  invocation: Invocation,
): Promise<JoinedRoom | WaitingAnswer> {
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
  const granted = applyRules(rules, caller, { token, isExpiryAsked });
  const grant = { role: granted.role ?? role, data };
  const admitted = { room, token: granted, credentials, grant, assertStillAdmitted };
  const sign = () => signForRoom(signToken, admitted, invocation);
  if (rules.admission !== 'knock' || isHost(caller)) return sign();
  if (action !== 'join' || !('subject' in caller)) {
    throw roomFault(
      'RoomLockedError',
      'The room has a waiting room, which this route does not lead to; join it by POST /rooms/{name}/tokens.',
    );
  }
  const waiting = toWaitingAnswer(toKnockId(caller.subject));
  const who = { room, subject: caller.subject, name: undefined };
  const admission = await requestAdmission(who, invocation);
  if (!admission) return waiting;
  const joined = await sign();
  return (await admission.consume()) ? joined : waiting;
}

function toSampleAnswer({ sessionId, token, ...joined }: JoinedRoom): SampleAnswer {
  const id = 'apiKey' in joined ? joined.apiKey : joined.applicationId;
  return { apiKey: id, applicationId: id, sessionId, token };
}
