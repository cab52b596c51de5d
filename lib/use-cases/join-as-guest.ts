/**
 * The use case "join a room as a guest", by an invite and without an account. Knows no event and no
 * environment.
 *
 * The invite is what vouches for its guests; the room's rules hold for them as for everybody who is no
 * host. The place is taken last, so that whatever fails before costs none.
 */
import { decideToken, type Guest } from '../domain/access.ts';
import type { GuestRequest } from '../domain/guest-request.ts';
import {
  assertInviteOpen,
  hasGuest,
  hasSecret,
  type Invite,
  isOver,
  noSuchInvite,
} from '../domain/invite.ts';
import {
  type GuestSecret,
  hashGuestSecret,
  type RandomText,
  readGuestSecret,
  toGuestSubject,
  writeGuestSecret,
} from '../domain/invite-secret.ts';
import { toKnockId, toWaitingAnswer, type WaitingAnswer } from '../domain/knock.ts';
import type { Room } from '../domain/room.ts';
import { roomFault } from '../domain/room-faults.ts';
import { applyRules, assertAdmitted, NO_RULES } from '../domain/room-rules.ts';
import type { InvitePlaces } from '../rooms/invite-places.ts';
import type { KnockDoor } from '../rooms/knock-door.ts';
import { type RequestLimit, toRetryAfterSeconds } from '../rooms/request-limit.ts';
import { type AskAtDoor, askAtDoorWith } from './ask-at-door.ts';
import { type FindRoomDeps, findRoom } from './find-room.ts';
import type { Invocation } from './invocation.ts';
import type { IssueToken } from './issue-token.ts';
import type { JoinedRoom } from './join-room.ts';

export type JoinAsGuestRequest = GuestRequest & {
  /** Whose requests are counted together; `undefined` for a trusted caller, whose are not. */
  readonly source: string | undefined;
};

/** `guest` is the secret by which the same person comes back. */
export type JoinedGuest = JoinedRoom & { readonly guest: string };

export interface JoinAsGuestDeps extends FindRoomDeps {
  readonly places: InvitePlaces;
  readonly door: KnockDoor;
  readonly limit: RequestLimit;
  readonly signToken: IssueToken;
  readonly newRandomText: RandomText;
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
  const askAtDoor = askAtDoorWith(deps.door);
  return async (request, invocation) => {
    const vouched = await vouch(deps, request, invocation);
    return enter({ ...deps, askAtDoor }, { ...vouched, request }, invocation);
  };
}

interface Vouched {
  readonly invite: Invite;
  readonly room: Room;
  /** The guest's own secret. */
  readonly own: GuestSecret;
}

/**
 * Finds the invite, and counts all who are not known from before. Whatever is wrong with a secret, the
 * same is read, written and answered.
 */
async function vouch(
  deps: JoinAsGuestDeps,
  request: JoinAsGuestRequest,
  invocation: Invocation,
): Promise<Vouched> {
  const { places, limit, newRandomText } = deps;
  const { nowSeconds, remainingMs } = invocation;
  const counted = request.source === undefined ? undefined : { source: request.source, nowSeconds };
  const given = readSecrets(request);
  const [isReached, found] = await Promise.all([
    counted ? limit.isReached(counted, remainingMs) : false,
    places.get(given ?? NOWHERE, remainingMs),
  ]);
  if (isReached) throw tooManyRequests(nowSeconds);
  const invite = given && found && isVouchedFor(given, found, nowSeconds) ? found : undefined;
  const room = invite && (await findRoom(deps, invite.room, invocation)).room;
  const isOfRoom = invite && room?.sessionId === invite.sessionId;
  const secret = given?.guest ?? given?.knock;
  const isKnown =
    isOfRoom && secret !== undefined && (await isKnownGuest(deps, invite, secret, invocation));
  if (!isKnown && counted && !(await limit.count(counted, remainingMs))) {
    throw tooManyRequests(nowSeconds);
  }
  if (!isOfRoom || !room) throw noSuchInvite();
  const { room: name, inviteId } = invite;
  const own = { room: name, inviteId, secret: secret ?? newRandomText(32) };
  if (!hasGuest(invite, own.secret) && invite.guests.length >= invite.maxGuests) {
    throw noSuchInvite();
  }
  return { invite, room, own };
}

/** What a request says of one invite; `undefined` for what cannot be the secrets of any. */
interface GivenSecrets {
  readonly room: string;
  readonly inviteId: string;
  readonly invite: string | undefined;
  readonly guest: string | undefined;
  readonly knock: string | undefined;
}

/** There is no such room, nor such an invite. */
const NOWHERE = { room: '-', inviteId: '-' };

function readSecrets({ invite, guest, knock }: GuestRequest): GivenSecrets | undefined {
  const texts = [invite, guest, knock].filter((text) => text !== undefined);
  const secrets = texts.map(readGuestSecret);
  const [first] = secrets;
  if (!first || secrets.some((secret) => !isOfSame(first, secret))) return undefined;
  const secretOf = (text: string | undefined) => text && readGuestSecret(text)?.secret;
  return {
    ...{ room: first.room, inviteId: first.inviteId },
    ...{ invite: secretOf(invite), guest: secretOf(guest), knock: secretOf(knock) },
  };
}

function isOfSame(first: GuestSecret, second: GuestSecret | undefined): boolean {
  return second?.room === first.room && second.inviteId === first.inviteId;
}

/** Who comes back is vouched for by having been here; an invite that comes along has to be the right one. */
function isVouchedFor(given: GivenSecrets, invite: Invite, nowSeconds: number): boolean {
  const isInvited = given.invite !== undefined && hasSecret(invite, given.invite);
  const hasCome = given.guest !== undefined && hasGuest(invite, given.guest);
  const isRight = given.guest === undefined ? isInvited : hasCome;
  return isRight && (given.invite === undefined || isInvited) && !isOver(invite, nowSeconds);
}

/** Who has a place, or waits for one: asking again is no guess. */
async function isKnownGuest(
  { door }: JoinAsGuestDeps,
  invite: Invite,
  secret: string,
  { remainingMs }: Invocation,
): Promise<boolean> {
  if (hasGuest(invite, secret)) return true;
  const knockId = toKnockId(toGuestSubject(secret));
  const knock = await door.get({ room: invite.room, knockId }, remainingMs);
  return knock?.sessionId === invite.sessionId;
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
  const nowSeconds = Math.floor(now() / 1000);
  assertInviteOpen(invite, nowSeconds);
  assertAdmitted(rules, caller, nowSeconds);
  const waiting = toWaitingAnswer(writeGuestSecret(own));
  const admission =
    rules.admission === 'knock'
      ? await askAtDoor({ room, subject: caller.subject, name: caller.name }, invocation)
      : { use: async () => true };
  if (!admission) return waiting;
  const granted = applyRules(rules, caller, { token, isExpiryAsked: false });
  const issued = await signToken(
    { ...granted, sessionId: room.sessionId },
    { ...invocation, caller },
  );
  const guestHash = hashGuestSecret(own.secret);
  if (!(await places.take(invite, guestHash, nowSeconds, invocation.remainingMs))) {
    throw noSuchInvite();
  }
  if (!(await admission.use())) return waiting;
  return { ...issued, room: room.name, guest: writeGuestSecret(own) };
}

function tooManyRequests(nowSeconds: number) {
  return roomFault('TooManyRequestsError', 'Too many requests came from your address.', {
    retryAfterSeconds: toRetryAfterSeconds(nowSeconds),
  });
}
