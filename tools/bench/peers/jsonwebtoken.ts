import jwt from 'jsonwebtoken';
import { answerCreated, buildClaims, type HttpEvent, readWish } from './door.ts';
import { readSecret } from './secret.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const wish = readWish(event);
  const token = jwt.sign(buildClaims(apiKey, wish), apiSecret);
  return answerCreated({ token, sessionId: wish.sessionId });
}
