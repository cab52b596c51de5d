/**
 * Tells by an event's shape who sent it. Pure: no I/O. The one file that knows the shapes apart.
 */
export type EventSource = 'http' | 'direct';

/**
 * Fields that API Gateway (payloads 1.0 and 2.0) and function URLs set and no request has. One is
 * enough, so that a damaged HTTP event still gets an HTTP answer and is never taken for a trusted
 * direct request.
 */
const HTTP_FIELDS = ['requestContext', 'httpMethod', 'routeKey', 'rawPath'];

export function recognizeSource(event: unknown): EventSource {
  if (typeof event !== 'object' || event === null) return 'direct';
  return HTTP_FIELDS.some((field) => Object.hasOwn(event, field)) ? 'http' : 'direct';
}
