/**
 * Claims and an imported key to a compact JWT (RFC 7519). The one file that knows `jose`.
 * Computes, but does no I/O.
 */
import type { webcrypto } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Claims } from '../domain/token-claims.ts';

export type SignJwt = (claims: Claims) => Promise<string>;

export function createJwtSigner(alg: 'HS256' | 'RS256', key: webcrypto.CryptoKey): SignJwt {
  const header = { alg, typ: 'JWT' };
  return (claims) => new SignJWT(claims).setProtectedHeader(header).sign(key);
}
