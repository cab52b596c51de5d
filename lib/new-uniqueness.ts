/** Randomness for tokens, from the cryptographic source of the platform. */
import { randomInt, randomUUID } from 'node:crypto';
import type { Uniqueness } from './domain/token-claims.ts';

/** The largest that `randomInt` takes; well within what JSON numbers hold exactly. */
const NONCE_LIMIT = 2 ** 48 - 1;

export function newUniqueness(): Uniqueness {
  return { nonce: randomInt(NONCE_LIMIT), jti: randomUUID() };
}
