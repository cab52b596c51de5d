/**
 * The secrets of invites and guests. Pure: randomness is an argument.
 *
 * Each is `<room>.<inviteId>.<256 random bits>`: it names its invite, so one read finds it, and only
 * SHA-256 of it is stored.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { GUEST_PREFIX } from '../../domain/access.ts';
import { isRoomName } from './room.ts';

/** 32 random bytes, base64url. */
const SECRET = /^[\w-]{43}$/;
const INVITE_ID = /^[\w-]{16}$/;
/** A room name can contain dots, an id and a secret cannot. */
const PARTS = /^(.+)\.([^.]+)\.([^.]+)$/s;

/** Returns random bytes as base64url: 12 for the id of an invite, 32 for a secret. */
export type RandomText = (bytes: 12 | 32) => string;

export interface GuestSecret {
  readonly room: string;
  readonly inviteId: string;
  readonly secret: string;
}

export function isInviteId(value: unknown): value is string {
  return typeof value === 'string' && INVITE_ID.test(value);
}

export function writeGuestSecret({ room, inviteId, secret }: GuestSecret): string {
  return `${room}.${inviteId}.${secret}`;
}

/** @returns `undefined` for malformed text */
export function readGuestSecret(text: string): GuestSecret | undefined {
  const [, room, inviteId, secret = ''] = PARTS.exec(text) ?? [];
  if (!isRoomName(room) || !isInviteId(inviteId) || !SECRET.test(secret)) return undefined;
  return { room, inviteId, secret };
}

/** Returns the hash by which the table knows an invite's secret. */
export function hashInviteSecret(secret: string): Uint8Array {
  return hash('sha256', `invite:${secret}`, 'buffer');
}

/**
 * Returns the subject in a guest's tokens. It follows from the invite and the guest's secret, so it is
 * the same at each return, and different for the same secret with another invite.
 */
export function toGuestSubject(guest: GuestSecret): string {
  return (
    GUEST_PREFIX + hash('sha256', `subject:${writeGuestSecret(guest)}`, 'base64url').slice(0, 22)
  );
}

/** Compares in constant time. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
