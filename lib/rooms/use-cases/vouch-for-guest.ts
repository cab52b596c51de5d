/**
 * Finds out who a guest is, from the secrets that they bring. Knows no event and no environment.
 */

import { mapConcurrently } from '../../domain/map-concurrently.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { isVouchedFor, readGivenSecrets } from '../domain/given-secrets.ts';
import type { GuestRequest } from '../domain/guest-request.ts';
import { hasGuest, type Invite, noSuchInvite } from '../domain/invite.ts';
import { type GuestSecret, type RandomText, toGuestSubject } from '../domain/invite-secret.ts';
import { toKnockId } from '../domain/knock.ts';
import type { Room } from '../domain/room.ts';
import { roomFault } from '../faults.ts';
import type { InvitePlaces } from '../table/invite-places.ts';
import type { KnockDoor } from '../table/knock-door.ts';
import { type RequestLimit, toRetryAfterSeconds } from '../table/request-limit.ts';
import { type FindRoomDeps, findRoom } from './find-room.ts';

export type JoinAsGuestRequest = GuestRequest & {
  /** Whose requests are counted together; `undefined` for a trusted caller, whose are not. */
  readonly source: string | undefined;
};

export interface VouchDeps extends FindRoomDeps {
  readonly places: Pick<InvitePlaces, 'get'>;
  readonly door: Pick<KnockDoor, 'get'>;
  readonly limit: RequestLimit;
  readonly newRandomText: RandomText;
}

export interface Vouched {
  readonly invite: Invite;
  readonly room: Room;
  /** The guest's own secret. */
  readonly own: GuestSecret;
}

/** Names an invite. */
type GuestKey = Pick<GuestSecret, 'room' | 'inviteId'>;

/** There is no such invite. */
const NOWHERE: GuestKey = { room: '-', inviteId: '-' };

/**
 * Finds the invite. Who is known from before is not counted; all others are before anything is answered,
 * so that whatever is wrong with a secret, the same is read, written and answered.
 * @throws Fault `InviteNotFoundError`, `TooManyRequestsError`
 */
export async function vouchForGuest(
  deps: VouchDeps,
  request: JoinAsGuestRequest,
  invocation: Invocation,
): Promise<Vouched> {
  const { newRandomText } = deps;
  const given = readGivenSecrets(request);
  const secret = given?.guest ?? given?.knock;
  // Who brings no secret of their own cannot be known, and is counted meanwhile.
  const isNew = secret === undefined;
  const { found, store } = await lookUp(deps, { request, given, isNew }, invocation);
  const { nowSeconds } = invocation;
  const invite = given && found && isVouchedFor(given, found, nowSeconds) ? found : undefined;
  const room = invite && (await findRoom({ ...deps, store }, invite.room, invocation)).room;
  const isOfRoom = invite && room?.sessionId === invite.sessionId;
  const isKnown = isOfRoom && !isNew && (await isKnownGuest(deps, invite, secret, invocation));
  if (!isNew && !isKnown) await countRequest(deps, request, invocation);
  if (!isOfRoom || !room) throw noSuchInvite();
  const { room: name, inviteId } = invite;
  const own = { room: name, inviteId, secret: secret ?? newRandomText(32) };
  if (!hasGuest(invite, own.secret) && invite.guests.length >= invite.maxGuests) {
    throw noSuchInvite();
  }
  return { invite, room, own };
}

/** All that is asked of the table whoever it is, at once. */
async function lookUp(
  deps: VouchDeps,
  {
    request,
    given,
    isNew,
  }: { request: JoinAsGuestRequest; given: GuestKey | undefined; isNew: boolean },
  invocation: Invocation,
) {
  const { places } = deps;
  const { remainingMs } = invocation;
  const key = given ?? NOWHERE;
  const reading = deps.store.get(key.room, remainingMs);
  let found: Invite | undefined;
  // Waits for all of them, whichever fails: Lambda freezes what an invocation leaves running.
  await mapConcurrently(
    [
      async () => {
        found = await places.get(key, remainingMs);
      },
      // How the room is to be read is nobody's business whom the invite does not let in.
      () => reading.catch(() => undefined),
      async () => {
        if (isNew) await countRequest(deps, request, invocation);
      },
    ],
    (task: () => Promise<unknown>) => task(),
  );
  return { found, store: { get: () => reading } };
}

/** Before anything is answered: an address that has used its minute up is not even told that it is right. */
async function countRequest(
  { limit }: VouchDeps,
  { source }: JoinAsGuestRequest,
  { nowSeconds, remainingMs }: Invocation,
): Promise<void> {
  if (source === undefined || (await limit.count({ source, nowSeconds }, remainingMs))) return;
  throw roomFault('TooManyRequestsError', 'Too many requests came from your address.', {
    retryAfterSeconds: toRetryAfterSeconds(nowSeconds),
  });
}

/** Who has a place, or waits for one: asking again is no guess. */
async function isKnownGuest(
  { door }: VouchDeps,
  invite: Invite,
  secret: string,
  { remainingMs }: Invocation,
): Promise<boolean> {
  if (hasGuest(invite, secret)) return true;
  const knockId = toKnockId(toGuestSubject(secret));
  const knock = await door.get({ room: invite.room, knockId }, remainingMs);
  return knock?.sessionId === invite.sessionId;
}
