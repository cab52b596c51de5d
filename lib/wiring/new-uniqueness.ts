/** Randomness for tokens, from the cryptographic source of the platform. */
import { randomInt, randomUUID } from 'node:crypto';
import type { Uniqueness } from '../domain/token-claims.ts';

/** The largest that `randomInt` takes; well within what JSON numbers hold exactly. */
const NONCE_LIMIT = 2 ** 48 - 1;

/** Each is made when it is asked for: a token needs one or the other. */
export function newUniqueness(): Uniqueness {
  return {
    get nonce() {
      return randomInt(NONCE_LIMIT);
    },
    get jti() {
      return randomUUID();
    },
  };
}
