/**
 * Reads an HTTP event of either payload version, of which any field may be missing, null or of another
 * type. Pure: no I/O.
 * Source: API Gateway developer guide, "Lambda proxy integration", payload formats 1.0 and 2.0;
 * function URLs send 2.0.
 */
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { Fault } from '../domain/faults.ts';
import { readHeaderValue } from './header-values.ts';
import { assertBodySize, notJson, parseJson } from './json-text.ts';
import { asFieldsOf, asRecord, type FieldsOf, type UnknownRecord } from './untrusted.ts';

const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json$/i;

/** Of either payload version. */
type EventFields = FieldsOf<APIGatewayProxyEvent & APIGatewayProxyEventV2>;

export interface HttpRequest {
  /** Empty if the event names none. */
  readonly method: string;
  /** As in the event: percent-encoded or not, with stage and base path or without. */
  readonly path: string;
  /** The route that API Gateway matched, such as `/rooms/{name}`; `undefined` for catch-all routes and function URLs. */
  readonly route: string | undefined;
  /** The values that API Gateway read from the path, by the route's parameters; function URLs have none. */
  readonly pathParameters: UnknownRecord;
  /** The parsed JSON body, or its bytes if the function reads those; `undefined` if there is none. */
  readonly body: unknown;
  /** The event itself, for fields that only some routes read. */
  readonly event: UnknownRecord;
}

/**
 * @param readBody Default parses JSON.
 * @throws Fault `PayloadTooLargeError`, `UnsupportedMediaTypeError` or `ValidationError`
 */
export function readHttpRequest(
  event: unknown,
  readBody: (event: UnknownRecord) => unknown = readJsonBody,
): HttpRequest {
  const fields: EventFields = asFieldsOf<APIGatewayProxyEvent & APIGatewayProxyEventV2>(event);
  const { http } = asFieldsOf<APIGatewayProxyEventV2['requestContext']>(fields.requestContext);
  const { method } = asFieldsOf<APIGatewayProxyEventV2['requestContext']['http']>(http);
  const pathParameters = asRecord(fields.pathParameters);
  const [routeMethod, route] = readRoute(fields);
  // A catch-all route names nothing, but tells the path from the base path before it.
  const expanded = route && CATCH_ALL.test(route) ? expand(route, pathParameters) : undefined;
  return {
    method: toText(fields.httpMethod ?? method ?? routeMethod),
    path: expanded ?? toText(fields.rawPath ?? fields.path),
    route: route && CATCH_ALL.test(route) ? undefined : route,
    pathParameters,
    body: readBody(asRecord(event)),
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

const CATCH_ALL = /\{[^{}]+\+\}/;
const ROUTE_KEY = /^(?:([A-Z]+) )?(\/.*)$/s;

/** Payload 2.0 names method and path of the route (`$default` for none), 1.0 the path. */
function readRoute({
  routeKey,
  resource,
}: EventFields): readonly [method: string | undefined, route: string | undefined] {
  const [, method, route] = ROUTE_KEY.exec(toText(routeKey ?? resource)) ?? [];
  return [method === 'ANY' ? undefined : method, route];
}

/** Returns the route with its parameters replaced by their values; `undefined` if one has no value. */
function expand(route: string, values: UnknownRecord): string | undefined {
  let isWhole = true;
  const path = route.replace(/\{([^{}+]+)\+?\}/g, (_parameter, name: string) => {
    const value = values[name];
    isWhole &&= typeof value === 'string';
    return toText(value);
  });
  return isWhole ? path : undefined;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readJsonBody(event: EventFields): unknown {
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

/**
 * Returns the bytes of the body as the client sent them, for functions that use it as `readBody`.
 *
 * @throws Fault `PayloadTooLargeError`, or `ValidationError` for a damaged event
 */
export function readBodyBytes(event: EventFields): Uint8Array | undefined {
  const { body } = event;
  if (body === undefined || body === null || body === '') return undefined;
  if (typeof body !== 'string') throw notJson();
  const encoding = event.isBase64Encoded === true ? 'base64' : 'utf8';
  assertBodySize(Buffer.byteLength(body, encoding));
  return Buffer.from(body, encoding);
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
