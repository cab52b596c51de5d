/**
 * The use case "join a room as a guest", with an invite and without an account. Knows no event and no
 * environment.
 *
 * The place is taken last, so whatever fails before costs none. A retry with the same secret continues
 * where a request with lost responses ended.
 */
import { decideToken, type Guest } from '../../domain/access.ts';
import { Fault } from '../../domain/faults.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { SignToken } from '../../use-cases/issue-token.ts';
import { type GuestCredentials, readGuestCredentials } from '../domain/guest-credentials.ts';
import { assertInviteOpen, isCounted, isOver, noSuchInvite } from '../domain/invite.ts';
import { type GuestSecret, type RandomText, writeGuestSecret } from '../domain/invite-secret.ts';
import { type Knock, toKnockId, toWaitingAnswer, type WaitingAnswer } from '../domain/knock.ts';
import { applyRules, assertAdmitted, NO_RULES } from '../domain/room-rules.ts';
import type { InvitePlaces } from '../table/invite-store.ts';
import type { GuestKnocks, KnockStore } from '../table/knock-store.ts';
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

/** `guest` is the secret with which the same person comes back. */
export type JoinedGuest = JoinedRoom & { readonly guest: string };

export interface JoinAsGuestDeps extends AuthenticateGuestDeps {
  readonly places: InvitePlaces;
  readonly knocks: KnockStore;
  readonly guests: GuestKnocks;
  readonly newRandomText: RandomText;
  readonly signToken: SignToken;
  /** The clock at the moment of signing, in milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

export type JoinAsGuest = (
  request: JoinAsGuestRequest,
  invocation: Invocation,
) => Promise<JoinedGuest | WaitingAnswer>;

/**
 * The use case throws Fault `InviteNotFoundError` for every secret that lets nobody in,
 * `TooManyRequestsError`, the errors of the room's rules (`RoomNotOpenError`, `RoomLockedError`,
 * `RoomClosedError`, `AdmissionDeniedError`), and `ForbiddenError` for a role above the invite's. Its
 * transient errors carry the `knock` to retry with, if the request had no secret of the guest.
 */
export function createJoinAsGuest(deps: JoinAsGuestDeps): JoinAsGuest {
  const { knocks, guests, newRandomText, now } = deps;
  const requestAdmission = createRequestAdmission({ knocks, takeSlot: guests.takeSlot, now });
  return async (request, invocation) => {
    const { clientKey } = request;
    const credentials = readGuestCredentials(request);
    const own = credentials && toOwnSecret(credentials, newRandomText);
    try {
      const given = { credentials, own, clientKey };
      const guest = await authenticateGuest(deps, given, invocation);
      return await enter({ ...deps, requestAdmission }, { ...guest, request, own }, invocation);
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

/** Lets the caller retry as the same guest, whom the table may know by now. */
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
  {
    invite,
    room,
    subject,
    knock,
    request,
    own,
  }: AuthenticatedGuest & { readonly request: JoinAsGuestRequest; own: GuestSecret | undefined },
  invocation: Invocation,
): Promise<JoinedGuest | WaitingAnswer> {
  const { places, guests, signToken, requestAdmission, now } = deps;
  const { remainingMs } = invocation;
  const { rules = NO_RULES } = room;
  const name = invite.name ?? (knock && !isUnnamed(knock) ? knock.name : request.name);
  const caller: Guest = {
    ...{ kind: 'guest', subject, name, maxRole: invite.role, room: room.name },
  };
  const expireTime = Math.min(request.token.expireTime, invite.expireTime);
  const asked = { ...request.token, role: request.token.role ?? invite.role, expireTime };
  decideToken(caller, asked);
  const toSeconds = () => Math.floor(now() / 1000);
  const assertStillAdmitted = (nowSeconds: number) => {
    if (isOver(invite, nowSeconds)) throw noSuchInvite();
    assertInviteOpen(invite, nowSeconds);
    assertAdmitted(rules, caller, nowSeconds);
  };
  assertStillAdmitted(toSeconds());
  const secret = writeGuestSecret(own as GuestSecret);
  const waiting = toWaitingAnswer(secret);
  const hasPlace = knock?.guest?.placeUntilSeconds !== undefined;
  const count = async () => {
    if (await places.count(invite, subject, toSeconds(), remainingMs)) return;
    throw noSuchInvite();
  };
  const of = { invite, subject, hasPlace };
  let admission: Admission | undefined;
  if (rules.admission === 'knock') {
    const guest = { invite, role: asked.role, knock };
    try {
      admission = await requestAdmission({ room, subject, name, guest }, invocation);
    } catch (error) {
      if (isCounted(invite, subject)) await releaseIfDenied(deps, of, invocation);
      throw error;
    }
    if (!admission) return waiting;
  }
  const role = admission?.knock.guest?.role ?? asked.role;
  const token = applyRules(rules, caller, { token: { ...asked, role }, isExpiryAsked: false });
  const joined = await signForRoom(
    signToken,
    { room, token, assertStillAdmitted },
    { ...invocation, caller },
  );
  const answer = { ...joined, guest: secret };
  if (!hasPlace) await count();
  const placeUntilSeconds = invite.expireTime;
  if (admission) {
    if (await admission.consume(placeUntilSeconds)) return answer;
    await releaseIfDenied(deps, of, invocation);
    return waiting;
  }
  if (!hasPlace || isUnnamed(knock) || knock?.state === 'waiting') {
    const times = { sinceMs: now(), seenAtSeconds: toSeconds(), decidedAtSeconds: 0 };
    await guests.join(
      {
        ...times,
        ...knock,
        ...{ room: room.name, knockId: toKnockId(subject), sessionId: room.sessionId },
        ...{ subject, name, state: 'joined' },
        guest: { inviteId: invite.inviteId, role, placeUntilSeconds },
      },
      remainingMs,
    );
  }
  return answer;
}

/** The guest was completed by another one, after a crash of their own request, and told no name yet. */
function isUnnamed(knock: Knock | undefined): boolean {
  return knock?.sinceMs === 0;
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
