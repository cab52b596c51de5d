/**
 * An HTTP event of either payload version, read with distrust: any field may be missing, null or of
 * another type. Pure: no I/O.
 * Source: API Gateway developer guide, "Lambda proxy integration", payload formats 1.0 and 2.0;
 * function URLs send 2.0.
 */
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { Fault } from '../domain/faults.ts';
import { asFieldsOf, asRecord, type FieldsOf, type UnknownRecord } from './as-record.ts';
import { readHeaderValue } from './header-values.ts';
import { assertBodySize, notJson, parseJson } from './json-text.ts';

const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json$/i;

/** Of either payload version. */
type EventFields = FieldsOf<APIGatewayProxyEvent & APIGatewayProxyEventV2>;

export interface HttpRequest {
  /** Empty when the event names none. */
  readonly method: string;
  /** As the event has it: percent-encoded or not, with the stage before it or not. */
  readonly path: string;
  /** What the route's path names, by name: API Gateway's own reading; function URLs have none. */
  readonly pathParameters: UnknownRecord;
  /** The parsed JSON body; `undefined` when there is none. */
  readonly body: unknown;
  /** The event itself, for what only some routes read. */
  readonly event: UnknownRecord;
}

/** @throws Fault `PayloadTooLargeError`, `UnsupportedMediaTypeError` or `ValidationError` */
export function readHttpRequest(event: unknown): HttpRequest {
  const fields: EventFields = asFieldsOf<APIGatewayProxyEvent & APIGatewayProxyEventV2>(event);
  const { http } = asFieldsOf<APIGatewayProxyEventV2['requestContext']>(fields.requestContext);
  const { method } = asFieldsOf<APIGatewayProxyEventV2['requestContext']['http']>(http);
  return {
    method: toText(fields.httpMethod ?? method),
    path: toText(fields.rawPath ?? fields.path),
    pathParameters: asRecord(fields.pathParameters),
    body: readBody(fields),
    event: asRecord(event),
  };
}

/** @throws Fault `MethodNotAllowedError`: routes of API Gateway let one method through, function URLs all */
export function assertMethod({ method }: HttpRequest, ...allowed: readonly string[]): void {
  if (method === '' || allowed.includes(method)) return;
  throw new Fault('MethodNotAllowedError', `Only ${allowed.join(' or ')} is allowed here.`, {
    allow: allowed.join(', '),
  });
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readBody(event: EventFields): unknown {
  const { body } = event;
  if (body === undefined || body === null || body === '') return undefined;
  if (typeof body !== 'string') throw notJson();
  const isBase64 = event.isBase64Encoded === true;
  assertBodySize(Buffer.byteLength(body, isBase64 ? 'base64' : 'utf8'));
  assertJsonMediaType(event);
  return parseJson(isBase64 ? decodeBase64(body) : body);
}

function decodeBase64(body: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(body, 'base64'),
    );
  } catch {
    throw notJson();
  }
}

/** A body without a content type counts as JSON. */
function assertJsonMediaType(event: EventFields): void {
  const contentType = readHeaderValue(event, 'content-type');
  if (contentType === undefined) return;
  const mediaType = contentType.split(';', 1)[0]?.trim() ?? '';
  if (!JSON_MEDIA_TYPE.test(mediaType)) {
    throw new Fault(
      'UnsupportedMediaTypeError',
      'The body must be JSON, with content-type application/json.',
    );
  }
}
