/** The vendor's SDK for OpenTok projects, creating a session. */
import OpenTok from 'opentok';
import { answerCreated } from './door.ts';
import { readSecret } from './secret.ts';

let opentok: ReturnType<typeof OpenTok> | undefined;

export async function handler(): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  opentok ??= new OpenTok(apiKey, apiSecret, process.env['VIDEO_API_URL'] ?? '');
  const client = opentok;
  const sessionId = await new Promise<string>((resolve, reject) => {
    client.createSession(
      { mediaMode: 'routed' },
      (error: Error | null, session?: { sessionId: string }) =>
        session ? resolve(session.sessionId) : reject(error),
    );
  });
  return answerCreated({ sessionId });
}
