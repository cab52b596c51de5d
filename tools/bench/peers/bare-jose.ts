/** Signing alone: `jose` with an imported key. */
import { SignJWT } from 'jose';
import { apiSecret } from '../project.ts';
import type { HttpEvent } from './door.ts';
import { claimsFor } from './signing-claims.ts';

const key = await crypto.subtle.importKey(
  'raw',
  new TextEncoder().encode(apiSecret),
  { name: 'HMAC', hash: 'SHA-256' },
  false,
  ['sign'],
);

export const handler = (event: HttpEvent) =>
  new SignJWT(claimsFor(event)).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key);
