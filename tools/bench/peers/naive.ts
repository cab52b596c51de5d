/** Our two dependencies used and bundled as their documentation has it. */
import { SignJWT } from 'jose';
import { answerCreated, buildClaims, type HttpEvent, readWish } from './door.ts';
import { readSecret } from './secret.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey = '', apiSecret } = await readSecret();
  const wish = readWish(event);
  const token = await new SignJWT(buildClaims(apiKey, wish))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(apiSecret));
  return answerCreated({ token, sessionId: wish.sessionId });
}
