/** The vendor's SDK for OpenTok projects. */
import OpenTok from 'opentok';
import { answerCreated, type HttpEvent, readWish } from './door.ts';
import { readSecret } from './secret.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const { sessionId, role, data } = readWish(event);
  const token = new OpenTok(apiKey, apiSecret).generateToken(sessionId, { role, data });
  return answerCreated({ token, sessionId });
}
