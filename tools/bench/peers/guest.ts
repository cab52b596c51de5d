/** What both twins of joinAsGuest derive from a request: the guest and the token's claims. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenRequest } from './door.ts';

export interface GuestEvent {
  readonly body?: string;
  readonly requestContext?: { readonly http?: { readonly sourceIp?: string } };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();

export function readGuest({ body = '{}', requestContext }: GuestEvent) {
  const { invite, name, data } = JSON.parse(body);
  const [room = '', id = '', secret = ''] = String(invite).split('.');
  const guest = randomBytes(32).toString('base64url');
  return {
    ...{ room, id, secret, name, data, guest },
    guestHash: sha256(`guest:${guest}`),
    source: requestContext?.http?.sourceIp ?? '',
  };
}

export function isRight(secret: string, stored: Uint8Array): boolean {
  return timingSafeEqual(sha256(`invite:${secret}`), stored);
}

export function toRequest(
  { guest, name, data }: ReturnType<typeof readGuest>,
  sessionId: string,
): TokenRequest {
  const sub = `guest:${sha256(`subject:${guest}`).toString('base64url').slice(0, 22)}`;
  return { sessionId, role: 'publisher', data: JSON.stringify({ sub, name, data }) };
}
