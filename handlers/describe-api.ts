/** `GET /openapi.json`: the API's document, of a deployment with `describe=true`. Reads no secret. */
import document from '../docs/openapi.json' with { type: 'json' };
import { type HttpAnswer, toHttpAnswer } from '../lib/events/http-answer.ts';

const answer = toHttpAnswer(200, document);

export async function handler(): Promise<HttpAnswer> {
  return answer;
}
