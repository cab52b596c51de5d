/**
 * The use case "join a room as a guest", by an invite and without an account. Knows no event and no
 * environment.
 *
 * The invite is what vouches for its guests; the room's rules hold for them as for everybody who is no
 * host. The place is taken last, so that whatever fails before costs none.
 */
import { decideToken, type Guest } from '../../domain/access.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { SignToken } from '../../use-cases/issue-token.ts';
import { assertInviteOpen, isOver, noSuchInvite } from '../domain/invite.ts';
import { hashGuestSecret, toGuestSubject, writeGuestSecret } from '../domain/invite-secret.ts';
import { toWaitingAnswer, type WaitingAnswer } from '../domain/knock.ts';
import { applyRules, assertAdmitted, NO_RULES } from '../domain/room-rules.ts';
import type { InvitePlaces } from '../table/invite-places.ts';
import type { KnockDoor } from '../table/knock-door.ts';
import { type AskAtDoor, askAtDoorWith } from './ask-at-door.ts';
import { type JoinedRoom, signForRoom } from './sign-for-room.ts';
import {
  type JoinAsGuestRequest,
  type VouchDeps,
  type Vouched,
  vouchForGuest,
} from './vouch-for-guest.ts';

/** `guest` is the secret by which the same person comes back. */
export type JoinedGuest = JoinedRoom & { readonly guest: string };

export interface JoinAsGuestDeps extends VouchDeps {
  readonly places: InvitePlaces;
  readonly door: KnockDoor;
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
 * `TooManyRequestsError`, what the rules of the room are kept with (`RoomNotOpenError`,
 * `RoomLockedError`, `RoomClosedError`, `AdmissionDeniedError`), and `ForbiddenError` for a role above
 * the invite's.
 */
export function joinAsGuestWith(deps: JoinAsGuestDeps): JoinAsGuest {
  const askAtDoor = askAtDoorWith(deps.door, deps.now);
  return async (request, invocation) => {
    const vouched = await vouchForGuest(deps, request, invocation);
    return enter({ ...deps, askAtDoor }, { ...vouched, request }, invocation);
  };
}

async function enter(
  { places, signToken, askAtDoor, now }: JoinAsGuestDeps & { readonly askAtDoor: AskAtDoor },
  { invite, room, own, request }: Vouched & { readonly request: JoinAsGuestRequest },
  invocation: Invocation,
): Promise<JoinedGuest | WaitingAnswer> {
  const { rules = NO_RULES } = room;
  const caller: Guest = {
    kind: 'guest',
    subject: toGuestSubject(own.secret),
    name: invite.name ?? request.name,
    maxRole: invite.role,
    room: room.name,
  };
  const expireTime = Math.min(request.token.expireTime, invite.expireTime);
  const token = { ...request.token, role: request.token.role ?? invite.role, expireTime };
  decideToken(caller, token);
  const toSeconds = () => Math.floor(now() / 1000);
  const assertStillAdmitted = (nowSeconds: number) => {
    if (isOver(invite, nowSeconds)) throw noSuchInvite();
    assertInviteOpen(invite, nowSeconds);
    assertAdmitted(rules, caller, nowSeconds);
  };
  assertStillAdmitted(toSeconds());
  const waiting = toWaitingAnswer(writeGuestSecret(own));
  const admission =
    rules.admission === 'knock'
      ? await askAtDoor({ room, subject: caller.subject, name: caller.name }, invocation)
      : { use: async () => true };
  if (!admission) return waiting;
  const granted = applyRules(rules, caller, { token, isExpiryAsked: false });
  const joined = await signForRoom(
    signToken,
    { room, token: granted, assertStillAdmitted },
    { ...invocation, caller },
  );
  const guestHash = hashGuestSecret(own.secret);
  if (!(await places.take(invite, guestHash, toSeconds(), invocation.remainingMs))) {
    throw noSuchInvite();
  }
  if (!(await admission.use())) return waiting;
  return { ...joined, guest: writeGuestSecret(own) };
}
