/** Verifies a JWT's signature with an imported key. Computes, but does no I/O. */
import type { KeyObject } from 'node:crypto';
import { compactVerify, errors } from 'jose';

export type VerifyJwt = (token: string) => Promise<boolean>;

/** Accepts no other algorithm, whatever the token's header says (RFC 8725 section 3.1). */
export function createJwtVerifier(alg: 'HS256' | 'RS256', key: KeyObject): VerifyJwt {
  return async (token) => {
    try {
      await compactVerify(token, key, { algorithms: [alg] });
      return true;
    } catch (error) {
      if (error instanceof errors.JOSEError) return false;
      throw error;
    }
  };
}
