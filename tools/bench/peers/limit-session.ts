/** A session with no SDK and no library. */
import { answerCreated } from './door.ts';
import { createSession, readSecret } from './hand-made.ts';

export async function handler(): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  return answerCreated({ sessionId: await createSession(apiKey, apiSecret) });
}
