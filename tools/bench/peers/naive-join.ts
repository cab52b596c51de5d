/** joinRoom with our dependencies used and bundled as their documentation has it. */
import { answerCreated, buildClaims, type HttpEvent, readTokenRequest } from './door.ts';
import { signToken } from './naive-sign.ts';
import { findSession } from './naive-table.ts';
import { readSecret } from './secret.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  const sessionId = (await findSession(event.pathParameters?.name ?? '')) ?? '';
  const request = { ...readTokenRequest(event), sessionId };
  const token = await signToken(buildClaims(apiKey, request), apiSecret);
  return answerCreated({ token, sessionId });
}
