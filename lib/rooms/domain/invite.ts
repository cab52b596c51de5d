/**
 * Invites: links that let people without an account into one room. Pure: the clock is an argument.
 */
import * as v from 'valibot';
import type { Fault } from '../../domain/faults.ts';
import { oneOf, parseFields } from '../../domain/request-fields.ts';
import { expireTimeRule, ROLES, type Role, toAbsolute } from '../../domain/token-request.ts';
import { roomFault } from '../faults.ts';
import { displayName } from './display-name.ts';
import { hashInviteSecret, isSameHash } from './invite-secret.ts';
import { time } from './room-rules.ts';

/** 366 days, so that no link is valid forever. */
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
  /** Session of the room. The invite is invalid for a later room of the same name. */
  readonly sessionId: string;
  readonly secretHash: Uint8Array;
  /** Milliseconds since the UNIX epoch, so that invites made in the same second have an order. */
  readonly createdAtMs: number;
  readonly name: string | undefined;
  /** How many guests have taken a place. */
  readonly guests: number;
  /** Number of the current generation of `counted`; see `lib/rooms/table/invite-store.ts`. */
  readonly generation: number;
  /** Subjects counted in the even and in the odd generation, the latest two. */
  readonly counted: readonly [even: readonly string[], odd: readonly string[]];
}

/** An invite as hosts see it. */
export type InviteView = Readonly<{
  inviteId: string;
  role: Role;
  /** In whole seconds since the UNIX epoch. */
  expireTime: number;
  /** null if the invite is valid at once. */
  opensAt: number | null;
  maxGuests: number;
  /** How many guests have taken a place. */
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
    ...{ guests, name, createdAt },
  };
}

/** DynamoDB removes an expired item within days, not at once. */
export function isOver({ expireTime }: Pick<Invite, 'expireTime'>, nowSeconds: number): boolean {
  return expireTime <= nowSeconds;
}

/** Returns whether this is the secret of the invite. */
export function hasSecret({ secretHash }: Pick<Invite, 'secretHash'>, secret: string): boolean {
  return isSameHash(secretHash, hashInviteSecret(secret));
}

/** Returns whether the guest was counted lately, so that the guest's own item may not exist yet. */
export function isCounted({ counted }: Pick<Invite, 'counted'>, subject: string): boolean {
  return counted.some((subjects) => subjects.includes(subject));
}

/** Returns the same error for an unknown, malformed, expired, revoked or used-up invite. */
export function noSuchInvite(): Fault {
  return roomFault(
    'InviteNotFoundError',
    'This invite is invalid, expired, revoked or already used. Ask the host for a new one.',
  );
}

/** @throws Fault `RoomNotOpenError` with `opensAt` before the invite is valid */
export function assertInviteOpen({ opensAt }: Invite, nowSeconds: number): void {
  if (opensAt === undefined || nowSeconds >= opensAt) return;
  throw roomFault(
    'RoomNotOpenError',
    `The invite is valid from ${opensAt} on; now it is ${nowSeconds}.`,
    {
      members: { opensAt },
      retryAfterSeconds: opensAt - nowSeconds,
    },
  );
}
