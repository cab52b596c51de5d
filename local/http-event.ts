/**
 * An HTTP request as an HTTP API hands it to a function: payload 2.0, from a route without an
 * authorizer, or with a JWT from one that lets everybody in. Pure: the clock is an argument.
 * Source: API Gateway developer guide, "Lambda proxy integration" for HTTP APIs; that the path comes
 * decoded is what live captures show.
 */
import type { IncomingMessage } from 'node:http';
import { readPlayedUser } from './played-user.ts';
import type { RouteMatch } from './routes.ts';

export interface ReceivedRequest {
  readonly message: Pick<IncomingMessage, 'method' | 'headersDistinct' | 'httpVersion' | 'socket'>;
  /** As the client sent it. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly body: Buffer;
}

export interface Receipt {
  readonly requestId: string;
  readonly nowMs: number;
}

/** Bodies of these types go to a function as text, all others in base64. */
const TEXT_TYPE =
  /^(?:text\/|application\/(?:json|javascript|xml)\b|[\w.-]+\/[\w.-]+\+(?:json|xml)\b)/i;

export function buildHttpEvent(
  { message, path, query, body }: ReceivedRequest,
  { route, pathParameters }: RouteMatch,
  { requestId, nowMs }: Receipt,
): Record<string, unknown> {
  const headers = readHeaders(message);
  const { cookie, ...otherHeaders } = headers;
  const routeKey = `${route.method} ${route.path}`;
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '');
  const rawPath = decodeURIComponent(path);
  const claims = readPlayedUser(headers['authorization']);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; ?/) }),
    headers: otherHeaders,
    ...(query === '' ? {} : { queryStringParameters: readQuery(query) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      ...(claims && { authorizer: { jwt: { claims, scopes: null } } }),
      domainName: headers['host'] ?? '',
      domainPrefix: 'local',
      http: {
        method: message.method,
        path: rawPath,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp: message.socket.remoteAddress,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: toClfTime(nowMs),
      timeEpoch: nowMs,
    },
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Repeated ones are joined by commas, cookies by semicolons. */
function readHeaders({ headersDistinct }: ReceivedRequest['message']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values = []]) => [
      name,
      values.join(name === 'cookie' ? '; ' : ','),
    ]),
  );
}

function readQuery(query: string): Record<string, string> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries(
    [...parameters.keys()].map((name) => [name, parameters.getAll(name).join(',')]),
  );
}

/** Such as `14/Nov/2023:22:13:20 +0000`. */
function toClfTime(timeMs: number): string {
  const [, day, month, year, time] = new Date(timeMs).toUTCString().split(/,? /);
  return `${day}/${month}/${year}:${time} +0000`;
}
