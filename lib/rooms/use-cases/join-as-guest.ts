/**
 * The use case "join a room as a guest", with an invite and without an account. Knows no event and no
 * environment.
 *
 * The place of the invite is taken after the seat in the room, so a full room uses up none, and neither does
 * whatever fails before. A retry with the same secret continues
 * where a request with lost responses ended.
 */
import { decideToken, type Guest } from '../../domain/access.ts';
import { Fault } from '../../domain/faults.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { SignToken } from '../../use-cases/issue-token.ts';
import { type GuestCredentials, readGuestCredentials } from '../domain/guest-credentials.ts';
import { assertInviteOpen, isCounted, isOver, noSuchInvite } from '../domain/invite.ts';
import { type GuestSecret, type RandomText, writeGuestSecret } from '../domain/invite-secret.ts';
import { isUnnamed, toKnockId, toWaitingResponse, type WaitingResponse } from '../domain/knock.ts';
import { applyRules, assertAdmitted, NO_RULES } from '../domain/room-rules.ts';
import type { IsBanned } from '../table/ban-store.ts';
import type { InvitePlaces } from '../table/invite-store.ts';
import type { GuestKnocks, KnockStore } from '../table/knock-store.ts';
import { assertNotBanned } from './assert-not-banned.ts';
import {
  type AuthenticatedGuest,
  type AuthenticateGuestDeps,
  authenticateGuest,
  type JoinAsGuestRequest,
} from './authenticate-guest.ts';
import {
  type Admission,
  createRequestAdmission,
  type RequestAdmission,
} from './request-admission.ts';
import { type JoinedRoom, signForRoom } from './sign-for-room.ts';
import type { SeatCaller } from './take-seat.ts';

/** `guest` is the secret with which the same person returns. */
export type JoinedGuest = JoinedRoom & { readonly guest: string };

export interface JoinAsGuestDeps extends AuthenticateGuestDeps {
  readonly places: InvitePlaces;
  readonly knocks: KnockStore;
  readonly guests: GuestKnocks;
  readonly isBanned: IsBanned;
  readonly seatCaller: SeatCaller;
  readonly newRandomText: RandomText;
  readonly signToken: SignToken;
  /** The clock at the moment of signing, in milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

export type JoinAsGuest = (
  request: JoinAsGuestRequest,
  invocation: Invocation,
) => Promise<JoinedGuest | WaitingResponse>;

/**
 * The use case throws Fault `InviteNotFoundError` for every invalid secret,
 * `TooManyRequestsError`, the errors of the room's rules (`RoomNotOpenError`, `RoomLockedError`,
 * `RoomClosedError`, `AdmissionDeniedError`, `RoomFullError`), and `ForbiddenError` for a role above the invite's. Its
 * transient errors carry the `knock` to retry with, if the request had no secret of the guest.
 */
export function createJoinAsGuest(deps: JoinAsGuestDeps): JoinAsGuest {
  const { knocks, guests, newRandomText, now } = deps;
  const requestAdmission = createRequestAdmission({ knocks, takeSlot: guests.takeSlot, now });
  return async (request, invocation) => {
    const { clientKey } = request;
    const secrets = readGuestCredentials(request);
    const own = secrets && toOwnSecret(secrets, newRandomText);
    try {
      const guest = await authenticateGuest(deps, { secrets, own, clientKey }, invocation);
      return await enter({ ...deps, requestAdmission }, { ...guest, request }, invocation);
    } catch (error) {
      const isNew = request.guest === undefined && request.knock === undefined;
      throw own && isNew ? withKnock(error, own) : error;
    }
  };
}

function toOwnSecret(
  { room, inviteId, guest, knock }: GuestCredentials,
  newRandomText: RandomText,
): GuestSecret {
  return { room, inviteId, secret: guest ?? knock ?? newRandomText(32) };
}

/** Lets the caller retry as the same guest, who may be in the table by now. */
function withKnock(error: unknown, own: GuestSecret): unknown {
  if (!(error instanceof Fault) || error.status < 503) return error;
  const { name, message, reason, retryAfterSeconds, isTransient, cause } = error;
  const members = { ...error.members, knock: writeGuestSecret(own) };
  const options = {
    ...{ members, isTransient, cause },
    ...(reason !== undefined && { reason }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
  return new Fault(name, message, options, error);
}

async function enter(
  deps: JoinAsGuestDeps & { readonly requestAdmission: RequestAdmission },
  guest: AuthenticatedGuest & { readonly request: JoinAsGuestRequest },
  invocation: Invocation,
): Promise<JoinedGuest | WaitingResponse> {
  const { own, invite, room, credentials, subject, knock, request } = guest;
  const { places, guests, signToken, requestAdmission, isBanned, seatCaller, now } = deps;
  const { remainingMs } = invocation;
  const { rules = NO_RULES } = room;
  const name = invite.name ?? (knock && !isUnnamed(knock) ? knock.name : request.name);
  const caller: Guest = {
    ...{ kind: 'guest', subject, name, maxRole: invite.role, room: room.name },
  };
  const expireTime = Math.min(request.token.expireTime, invite.expireTime);
  const asked = { ...request.token, role: request.token.role ?? invite.role, expireTime };
  // Before the guest waits or takes a place.
  const grant = decideToken(caller, asked);
  const toSeconds = () => Math.floor(now() / 1000);
  const assertStillAdmitted = (nowSeconds: number) => {
    if (isOver(invite, nowSeconds)) throw noSuchInvite();
    assertInviteOpen(invite, nowSeconds);
    assertAdmitted(rules, caller, nowSeconds);
  };
  assertStillAdmitted(toSeconds());
  await assertNotBanned(isBanned, { room, caller }, remainingMs);
  const secret = writeGuestSecret(own);
  const waiting = toWaitingResponse(secret);
  const hasPlace = knock?.guest?.placeUntilSeconds !== undefined;
  const of = { invite, subject, hasPlace };
  let admission: Admission | undefined;
  if (rules.admission === 'knock') {
    try {
      const wanted = { room, subject, name, guest: { invite, role: grant.role, knock } };
      admission = await requestAdmission(wanted, invocation);
    } catch (error) {
      if (isCounted(invite, subject)) await releaseIfDenied(deps, of, invocation);
      throw error;
    }
    // A concurrent request of the guest has knocked with another name. The next poll uses that one.
    if (!admission || admission.knock.name !== name) return waiting;
  }
  const role = admission?.knock.guest?.role ?? grant.role;
  const joined = await signForRoom(
    signToken,
    {
      ...{ room, credentials, assertStillAdmitted, grant: { ...grant, role } },
      token: applyRules(rules, caller, { token: asked, isExpiryAsked: false }),
    },
    invocation,
  );
  const response = { ...joined, guest: secret };
  const seat = await seatCaller({ room, caller, data: grant.data }, remainingMs);
  if (!hasPlace && !(await places.count(invite, subject, toSeconds(), remainingMs))) {
    await seat.release(remainingMs);
    throw noSuchInvite();
  }
  const placeUntilSeconds = invite.expireTime;
  if (admission) {
    if (await admission.consume(placeUntilSeconds)) return response;
    await seat.release(remainingMs);
    await releaseIfDenied(deps, of, invocation);
    return waiting;
  }
  if (!hasPlace || isUnnamed(knock) || knock.state === 'waiting') {
    const times = { sinceMs: now(), seenAtSeconds: toSeconds(), decidedAtSeconds: 0 };
    await guests.join(
      {
        ...(knock && !isUnnamed(knock) ? knock : times),
        ...{ room: room.name, knockId: toKnockId(subject), sessionId: room.sessionId },
        ...{ subject, name, state: 'joined' },
        guest: { ...knock?.guest, inviteId: invite.inviteId, role, placeUntilSeconds },
      },
      remainingMs,
    );
  }
  return response;
}

/** A guest who was denied at the last moment has not taken a place. */
async function releaseIfDenied(
  { places, knocks }: JoinAsGuestDeps,
  {
    invite,
    subject,
    hasPlace,
  }: { readonly hasPlace: boolean } & Pick<AuthenticatedGuest, 'invite' | 'subject'>,
  { remainingMs }: Invocation,
): Promise<void> {
  if (hasPlace) return;
  const { room } = invite;
  const knock = await knocks.get({ room, knockId: toKnockId(subject) }, remainingMs);
  if (knock?.state !== 'denied' || knock.guest?.placeUntilSeconds !== undefined) return;
  await places.release(invite, subject, remainingMs);
}
