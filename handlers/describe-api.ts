/** Returns the API's document: `GET /openapi.json`. Part of a deployment with `describe=true`. Reads no secret. */
import document from '../docs/openapi.json' with { type: 'json' };
import { type HttpResponse, toHttpResponse } from '../lib/events/http-response.ts';

const response = toHttpResponse(200, document);

export async function handler(): Promise<HttpResponse> {
  return response;
}
