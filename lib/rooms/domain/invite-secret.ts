/**
 * The secrets of guests: what an invite's link carries, and what a guest comes back with. Pure:
 * randomness is an argument.
 *
 * Each is `<room>.<invite id>.<256 random bits>`: it names what it is for, so that one read finds it,
 * and only SHA-256 of its last part is stored.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { GUEST_PREFIX } from '../../domain/access.ts';
import { isRoomName } from './room.ts';

/** 32 random bytes, base64url. */
const SECRET = /^[\w-]{43}$/;
const INVITE_ID = /^[\w-]{16}$/;
/** A room's name may have dots, an id and a secret have none. */
const PARTS = /^(.+)\.([^.]+)\.([^.]+)$/s;

/** What random bytes make: an invite's id of 12, a secret of 32. */
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

/** @returns `undefined` for what cannot be the secret of any guest or invite */
export function readGuestSecret(text: string): GuestSecret | undefined {
  const [, room, inviteId, secret = ''] = PARTS.exec(text) ?? [];
  if (!isRoomName(room) || !isInviteId(inviteId) || !SECRET.test(secret)) return undefined;
  return { room, inviteId, secret };
}

/** What is stored of an invite's secret. */
export function hashInviteSecret(secret: string): Uint8Array {
  return hash('sha256', `invite:${secret}`, 'buffer');
}

/**
 * What is stored of a guest's secret: the first half of its SHA-256 (as NIST SP 800-107 section 5.1
 * truncates it), since an invite keeps one for each of up to 10,000 guests.
 */
export function hashGuestSecret(secret: string): Uint8Array {
  return hash('sha256', `guest:${secret}`, 'buffer').subarray(0, 16);
}

/** Follows from the guest's secret, so that it is the same whenever they come back. */
export function toGuestSubject(secret: string): string {
  return GUEST_PREFIX + hash('sha256', `subject:${secret}`, 'base64url').slice(0, 22);
}

/** Compares in constant time. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
