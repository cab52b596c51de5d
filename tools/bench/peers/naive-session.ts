/** createSession with our dependencies used and bundled as their documentation has it, and `fetch`. */
import { answerCreated } from './door.ts';
import { createSession } from './naive-platform.ts';
import { readSecret } from './secret.ts';

export async function handler(): Promise<object> {
  const { apiKey = '', apiSecret = '' } = await readSecret();
  return answerCreated({ sessionId: await createSession(apiKey, apiSecret) });
}
