/** A token as `jose`'s documentation has it. */
import { SignJWT } from 'jose';

export function signToken(claims: Record<string, unknown>, apiSecret: string): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(apiSecret));
}
