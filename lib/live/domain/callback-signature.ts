/**
 * Whether the platform has signed a callback, and when. Pure: no I/O.
 *
 * The signature is a JWT in the header `Authorization`. It covers the body through the claim
 * `payload_hash`, the SHA-256 of its raw bytes in hex.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { Fault } from '../../domain/faults.ts';
import { liveFault } from '../faults.ts';

/** The platform retries for 24 hours, and whether a retry gets a new signature is not documented. */
const MAX_AGE_SECONDS = 24 * 60 * 60;
export const MAX_AHEAD_SECONDS = 5 * 60;
/** How soon the platform may send an unsigned callback again. Its own first retry is after 5 seconds. */
const UNSIGNED_RETRY_SECONDS = 5;

const BEARER = /^Bearer(?:\s+(.*))?$/is;

/**
 * Returns the JWT of the header `Authorization`.
 *
 * @throws Fault `CallbackUnsignedError` if there is none: after an internal error the platform may send a
 *   callback unsigned, and asks for a 5xx, so that it sends it again signed
 * @throws Fault `UnauthenticatedError` for another scheme
 */
export function readJwt(authorization: string | undefined): string {
  const [isBearer, jwt = ''] = BEARER.exec(authorization?.trim() ?? '') ?? [];
  if (jwt) return jwt;
  if (authorization?.trim() && isBearer === undefined) throw forged('no Bearer token');
  throw liveFault('CallbackUnsignedError', 'The callback is not signed. Send it again, signed.', {
    retryAfterSeconds: UNSIGNED_RETRY_SECONDS,
  });
}

/**
 * Checks claims against the body that they came with.
 *
 * @param claims of a JWT with a valid signature; `undefined` for an invalid one
 * @returns the SHA-256 of the body in hex, by which a callback that is sent again is recognized
 * @throws Fault `UnauthenticatedError`
 */
export function assertSigned(
  claims: Readonly<Record<string, unknown>> | undefined,
  body: Uint8Array,
  nowSeconds: number,
): string {
  if (!claims) throw forged('a signature that none of callbackSecrets has made');
  const payloadHash = hash('sha256', body, 'hex');
  if (!isSameHex(claims['payload_hash'], payloadHash)) throw forged('a signature of another body');
  const { iat } = claims;
  if (typeof iat !== 'number' || !Number.isFinite(iat)) throw forged('no time of issue');
  if (nowSeconds - iat > MAX_AGE_SECONDS) throw forged('a signature that is older than 24 hours');
  if (iat - nowSeconds > MAX_AHEAD_SECONDS) throw forged('a signature from the future');
  return payloadHash;
}

function isSameHex(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false;
  const bytes = Buffer.from(given.toLowerCase());
  return bytes.length === expected.length && timingSafeEqual(bytes, Buffer.from(expected));
}

/** @param found for the operator; the sender learns only that the callback is rejected */
function forged(found: string): Fault {
  return new Fault('UnauthenticatedError', 'The signature of the callback is not valid.', {
    reason: `The callback has ${found}.`,
  });
}
