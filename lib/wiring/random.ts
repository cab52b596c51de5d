/** Randomness for tokens, secrets and ids, from the operating system's generator. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { TokenIds } from '../domain/token-claims.ts';
import type { RandomText } from '../rooms/domain/invite-secret.ts';

/** The largest limit that `randomInt` accepts, and within the integers that JSON numbers hold exactly. */
const NONCE_LIMIT = 2 ** 48 - 1;

/** Returns new ids, each generated on first use: a token needs only one of them. */
export function newTokenIds(): TokenIds {
  return {
    get nonce() {
      return randomInt(NONCE_LIMIT);
    },
    get jti() {
      return randomUUID();
    },
  };
}

export const newRandomText: RandomText = (bytes) => randomBytes(bytes).toString('base64url');
