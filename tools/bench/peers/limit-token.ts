/** A token with no SDK and no library. */
import { answerCreated, buildClaims, type HttpEvent, readTokenRequest } from './door.ts';
import { readSecret, signToken } from './hand-made.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const request = readTokenRequest(event);
  const token = signToken(buildClaims(apiKey, request), apiSecret);
  return answerCreated({ token, sessionId: request.sessionId });
}
