/**
 * Authenticates a guest by the secrets in the request. Knows no event and no environment.
 */
import type { Credentials } from '../../credentials/credentials.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { type GuestCredentials, isAuthenticated } from '../domain/guest-credentials.ts';
import type { GuestRequest } from '../domain/guest-request.ts';
import { type Invite, isCounted, noSuchInvite } from '../domain/invite.ts';
import { type GuestSecret, toGuestSubject } from '../domain/invite-secret.ts';
import { type Knock, toKnockId } from '../domain/knock.ts';
import type { Room } from '../domain/room.ts';
import { roomFault } from '../faults.ts';
import { type GuestRateLimit, toRetryAfterSeconds } from '../table/guest-rate-limit.ts';
import type { InvitePlaces } from '../table/invite-store.ts';
import type { GuestKnocks, KnockStore } from '../table/knock-store.ts';
import { type FindRoomDeps, findRoom } from './find-room.ts';

export type JoinAsGuestRequest = GuestRequest & {
  /** Rate-limit key of the client address; `undefined` for a trusted caller, who is not limited. */
  readonly clientKey: string | undefined;
};

export interface AuthenticateGuestDeps extends FindRoomDeps {
  readonly places: Pick<InvitePlaces, 'get'>;
  readonly knocks: Pick<KnockStore, 'get'>;
  readonly guests: Pick<GuestKnocks, 'countRequest'>;
  readonly rateLimit: GuestRateLimit;
}

export interface AuthenticatedGuest {
  /** The guest's secret. */
  readonly own: GuestSecret;
  readonly invite: Invite;
  readonly room: Room;
  /** Those of the room's project. */
  readonly credentials: Credentials;
  readonly subject: string;
  /** As it was after the invite was read; `undefined` for a new guest. */
  readonly knock: Knock | undefined;
}

/** The key of no invite. A request with malformed secrets makes the same calls as any other. */
const NO_INVITE: Pick<GuestSecret, 'room' | 'inviteId'> = { room: '-', inviteId: '-' };

/**
 * Finds the invite and the guest. Known guests (who have a place, wait or were denied) are limited by
 * their secret, all others by client address, before anything is returned. Whatever is wrong with a
 * secret, the calls and the response are the same.
 * @param secrets `undefined` if they are malformed
 * @param own the guest's secret from the request; a new one if the request has none
 * @throws Fault `InviteNotFoundError`, `TooManyRequestsError`
 */
export async function authenticateGuest(
  deps: AuthenticateGuestDeps,
  given: {
    readonly secrets: GuestCredentials | undefined;
    readonly own: GuestSecret | undefined;
    readonly clientKey: string | undefined;
  },
  invocation: Invocation,
): Promise<AuthenticatedGuest> {
  const { secrets, own, clientKey } = given;
  const { nowSeconds, remainingMs } = invocation;
  const key = secrets ?? NO_INVITE;
  const hasSecret = (secrets?.guest ?? secrets?.knock) !== undefined;
  const subject = toGuestSubject(own ?? { ...NO_INVITE, secret: '' });
  const readingRoom = deps.store.get(key.room, remainingMs);
  const readingInvite = deps.places.get(key, remainingMs);
  let knock: Knock | undefined;
  // Waits for all, even if one fails: Lambda freezes what an invocation leaves running.
  await mapConcurrently(
    [
      () => readingInvite,
      // An unreadable room is reported only to guests with a valid invite.
      () => readingRoom.catch(() => undefined),
      async () => {
        if (hasSecret) {
          const of = { room: key.room, knockId: toKnockId(subject) };
          knock = await findKnown(deps, { of, clientKey, readingInvite }, invocation);
        }
        if (!knock) await countUnknown(deps, clientKey, invocation);
      },
    ],
    (task: () => Promise<unknown>) => task(),
  );
  const found = await readingInvite;
  const isGuest =
    found !== undefined &&
    (knock?.guest?.placeUntilSeconds !== undefined || isCounted(found, subject));
  const invite =
    secrets && found && isAuthenticated(secrets, { invite: found, isGuest }, nowSeconds)
      ? found
      : undefined;
  if (!own || !invite || (!isGuest && invite.guests >= invite.maxGuests)) throw noSuchInvite();
  const { room, credentials } = await findRoom(
    { ...deps, store: { get: () => readingRoom } },
    invite.room,
    invocation,
  );
  if (room?.sessionId !== invite.sessionId) throw noSuchInvite();
  return { own, invite, room, credentials, subject, knock };
}

/**
 * @returns `undefined` for an unknown guest, read after the invite
 * @throws Fault `TooManyRequestsError`
 */
async function findKnown(
  { guests, knocks, rateLimit }: AuthenticateGuestDeps,
  given: {
    readonly of: Pick<Knock, 'room' | 'knockId'>;
    readonly clientKey: string | undefined;
    readonly readingInvite: Promise<unknown>;
  },
  { nowSeconds, remainingMs }: Invocation,
): Promise<Knock | undefined> {
  const { of, clientKey, readingInvite } = given;
  const perMinute = clientKey === undefined ? Number.MAX_SAFE_INTEGER : rateLimit.perMinute;
  const count = () => guests.countRequest(of, { perMinute, nowSeconds }, remainingMs);
  const known = await count();
  if (known) return known;
  await readingInvite;
  if (!(await knocks.get(of, remainingMs))) return undefined;
  // It exists: either the limit is reached, or another request has made it just now.
  return (await count()) ?? throwTooManyRequests('You sent too many requests.', nowSeconds);
}

async function countUnknown(
  { rateLimit }: AuthenticateGuestDeps,
  clientKey: string | undefined,
  { nowSeconds, remainingMs }: Invocation,
): Promise<void> {
  if (clientKey === undefined) return;
  if (await rateLimit.count({ clientKey, nowSeconds }, remainingMs)) return;
  throwTooManyRequests('Too many requests came from your address.', nowSeconds);
}

function throwTooManyRequests(detail: string, nowSeconds: number): never {
  throw roomFault('TooManyRequestsError', `${detail} Retry after the time in Retry-After.`, {
    retryAfterSeconds: toRetryAfterSeconds(nowSeconds),
  });
}
