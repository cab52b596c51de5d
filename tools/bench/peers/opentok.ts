/** The vendor's SDK for OpenTok projects. */
import OpenTok from 'opentok';
import { answerCreated, type HttpEvent, readTokenRequest } from './door.ts';
import { readSecret } from './secret.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const { sessionId, role, data } = readTokenRequest(event);
  const token = new OpenTok(apiKey, apiSecret).generateToken(sessionId, { role, data });
  return answerCreated({ token, sessionId });
}
