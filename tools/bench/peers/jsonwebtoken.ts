import jwt from 'jsonwebtoken';
import { answerCreated, buildClaims, type HttpEvent, readTokenRequest } from './door.ts';
import { readSecret } from './secret.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const request = readTokenRequest(event);
  const token = jwt.sign(buildClaims(apiKey, request), apiSecret);
  return answerCreated({ token, sessionId: request.sessionId });
}
