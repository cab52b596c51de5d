/**
 * Invites: what lets people without an account into one room. Pure: the clock is an argument.
 */
import * as v from 'valibot';
import type { Fault } from '../../domain/faults.ts';
import { oneOf, parseFields } from '../../domain/request-fields.ts';
import { expireTimeRule, ROLES, type Role, toAbsolute } from '../../domain/token-request.ts';
import { roomFault } from '../faults.ts';
import { displayName } from './display-name.ts';
import { hashGuestSecret, hashInviteSecret, isSameHash } from './invite-secret.ts';
import { time } from './room-rules.ts';

/** A year and a day of a leap year: no link is for ever. */
export const MAX_INVITE_SECONDS = 366 * 24 * 60 * 60;
export const MAX_GUESTS = 10_000;

const guestsRule = `must be a whole number from 1 to ${MAX_GUESTS}`;

/** All fields are optional. */
export const inviteRequest = v.object({
  role: v.optional(oneOf(ROLES), 'publisher'),
  expireTime: v.optional(v.number('must be a number'), 0),
  opensAt: v.optional(time),
  maxGuests: v.optional(
    v.pipe(
      v.number(guestsRule),
      v.integer(guestsRule),
      v.minValue(1, guestsRule),
      v.maxValue(MAX_GUESTS, guestsRule),
    ),
    1,
  ),
  name: v.optional(displayName),
});

/** A valid request for an invite. Times are whole seconds since the UNIX epoch. */
export type InviteRequest = Readonly<v.InferOutput<typeof inviteRequest>>;

export interface Invite extends Omit<InviteRequest, 'name'> {
  readonly room: string;
  readonly inviteId: string;
  /** Of the room that it is for: to another one of the same name it lets nobody in. */
  readonly sessionId: string;
  readonly secretHash: Uint8Array;
  /** In milliseconds since the UNIX epoch, so that several of one second have an order. */
  readonly createdAtMs: number;
  readonly name: string | undefined;
  /** What is stored of the secret of each guest who has come. */
  readonly guests: readonly Uint8Array[];
}

/** An invite as hosts get to see it. */
export type InviteView = Readonly<{
  inviteId: string;
  role: Role;
  /** In whole seconds since the UNIX epoch. */
  expireTime: number;
  /** null for at once. */
  opensAt: number | null;
  maxGuests: number;
  /** How many have come so far. */
  guests: number;
  name: string | null;
  createdAt: string;
}>;

/** @throws Fault `ValidationError` that lists every faulty field */
export function parseInviteRequest(input: unknown, nowSeconds: number): InviteRequest {
  const limits = { nowSeconds, maxTokenSeconds: MAX_INVITE_SECONDS };
  const judgeExpiry = expireTimeRule(limits);
  const request = parseFields(inviteRequest, input, (fields) => {
    const { opensAt, expireTime = 0 } = fields;
    const errors = judgeExpiry(fields);
    if (errors.length > 0 || typeof opensAt !== 'number' || typeof expireTime !== 'number') {
      return errors;
    }
    const end = toAbsolute(expireTime, limits);
    return opensAt < end
      ? []
      : [{ pointer: '#/opensAt', detail: `must be earlier than expireTime, which is ${end}` }];
  });
  return { ...request, expireTime: toAbsolute(request.expireTime, limits) };
}

export function toInviteView(invite: Invite): InviteView {
  const { inviteId, role, expireTime, opensAt = null, maxGuests, guests, name = null } = invite;
  const createdAt = new Date(Math.floor(invite.createdAtMs / 1000) * 1000).toISOString();
  return {
    ...{ inviteId, role, expireTime, opensAt, maxGuests },
    ...{ guests: guests.length, name, createdAt },
  };
}

/** DynamoDB removes an expired item within days, not at once. */
export function isOver({ expireTime }: Pick<Invite, 'expireTime'>, nowSeconds: number): boolean {
  return expireTime <= nowSeconds;
}

/** Whether it is the invite that the secret is of; guests are known by theirs. */
export function hasSecret({ secretHash }: Invite, secret: string): boolean {
  return isSameHash(secretHash, hashInviteSecret(secret));
}

/** Whether somebody with this secret has come as a guest of it. */
export function hasGuest({ guests }: Invite, guestSecret: string): boolean {
  const ownHash = hashGuestSecret(guestSecret);
  return guests.filter((guest) => isSameHash(guest, ownHash)).length > 0;
}

/** One and the same for unknown, malformed, expired, revoked and used up. */
export function noSuchInvite(): Fault {
  return roomFault('InviteNotFoundError', 'This invite lets nobody in; ask for another one.');
}

/**
 * Whoever holds a valid invite may know when it begins.
 * @throws Fault `RoomNotOpenError`
 */
export function assertInviteOpen({ opensAt }: Invite, nowSeconds: number): void {
  if (opensAt === undefined || nowSeconds >= opensAt) return;
  throw roomFault(
    'RoomNotOpenError',
    `The invite is good from ${opensAt} on; it is ${nowSeconds}.`,
    {
      members: { opensAt },
      retryAfterSeconds: opensAt - nowSeconds,
    },
  );
}
