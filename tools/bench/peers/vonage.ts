/** The vendor's SDK for Vonage applications. */
import { Auth } from '@vonage/auth';
import { Video } from '@vonage/video';
import { answerCreated, type HttpEvent, readTokenRequest } from './door.ts';
import { readSecret } from './secret.ts';

let video: Video | undefined;

export async function handler(event: HttpEvent): Promise<object> {
  const { applicationId, privateKey } = await readSecret();
  const { sessionId, role, data } = readTokenRequest(event);
  video ??= new Video(new Auth({ applicationId, privateKey }));
  const token = video.generateClientToken(sessionId, { role, data });
  return answerCreated({ token, sessionId });
}
