/** The platform over `fetch`. */
import { buildProjectClaims } from './claims.ts';
import { signToken } from './naive-sign.ts';

export async function createSession(apiKey: string, apiSecret: string): Promise<string> {
  const response = await fetch(`${process.env['VIDEO_API_URL']}/session/create`, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'x-opentok-auth': await signToken(buildProjectClaims(apiKey), apiSecret),
    },
    body: new URLSearchParams({ 'p2p.preference': 'disabled', archiveMode: 'manual' }),
  });
  const [session] = (await response.json()) as { session_id: string }[];
  return session?.session_id ?? '';
}
