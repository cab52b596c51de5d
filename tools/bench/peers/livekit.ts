/** LiveKit's token for the same request: another platform, the same job. */
import { AccessToken } from 'livekit-server-sdk';
import { answerCreated, type HttpEvent, readTokenRequest } from './door.ts';
import { readSecret } from './secret.ts';

export async function handler(event: HttpEvent): Promise<object> {
  const { apiKey, apiSecret } = await readSecret();
  const { sessionId, role, data } = readTokenRequest(event);
  const access = new AccessToken(apiKey, apiSecret, { identity: role, metadata: data, ttl: '24h' });
  access.addGrant({ roomJoin: true, room: sessionId });
  return answerCreated({ token: await access.toJwt(), sessionId });
}
