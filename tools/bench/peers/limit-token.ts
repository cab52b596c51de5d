/** A token with no SDK and no library. */
import { answerCreated, buildClaims, type HttpEvent, readWish } from './door.ts';
import { readSecret, signToken } from './hand-made.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const wish = readWish(event);
  const token = signToken(buildClaims(apiKey, wish), apiSecret);
  return answerCreated({ token, sessionId: wish.sessionId });
}
