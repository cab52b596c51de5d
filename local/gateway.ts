/**
 * An HTTP API of API Gateway on one machine: routes requests to functions, responds to requests that
 * match no route or fail, and lets pages of every origin read the responses.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FindClients } from './clients.ts';
import type { FindPage } from './console.ts';
import { buildHttpEvent } from './http-event.ts';
import {
  describeInvalidFields,
  describeOpaqueToken,
  describeUnmatched,
  type Notice,
} from './notices.ts';
import type { Refusal } from './page-guard.ts';
import { matchRoute, type Route, type RouteMatch } from './routes.ts';

export interface GatewayOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Returns why a request is rejected, before anything else; `undefined` for one that may pass. */
  readonly judge: (request: IncomingMessage) => Refusal | undefined;
  /** What is served besides the API. */
  readonly findPage?: FindPage;
  /** Simulated clients, which are served besides the API, too. */
  readonly findClients?: FindClients | undefined;
  /** Calls the function of a route. If it rejects, the response is a 500. */
  readonly invoke: (route: Route, event: object) => Promise<object>;
  /** Receives what a developer should see in the log besides the functions' lines. */
  readonly onNotice: (notice: Notice) => void;
  readonly newRequestId: () => string;
  readonly now: () => number;
}

export interface Gateway {
  readonly port: number;
  /** Closes the server and all connections. May be called twice. */
  close(): Promise<void>;
}

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As documented for HTTP APIs. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** @throws Error as `listen` does */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = createServer((request, response) => void serve(options, request, response));
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  options: GatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { statusCode, headers, body } = await respond(options, request);
  if (response.destroyed) return;
  const length = statusCode === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(statusCode, { ...headers, ...allowOrigin(request), ...length });
  response.end(statusCode === 204 ? undefined : body);
}

async function respond(options: GatewayOptions, request: IncomingMessage): Promise<Response> {
  const refusal = options.judge(request);
  if (refusal) return toRefusalResponse(refusal);
  if (isPreflight(request)) return preflightResponse;
  const [path = '', query = ''] = splitOnce(request.url ?? '', '?');
  const page = options.findPage?.(request.method ?? '', path);
  if (page) return page;
  const clients = options.findClients?.(request.method ?? '', path);
  if (clients) {
    const body = await readBody(request);
    return body ? clients(body) : gatewayResponse(413, 'Request Entity Too Large');
  }
  let match: RouteMatch | undefined;
  try {
    match = matchRoute(options.routes, request.method ?? '', path);
  } catch {
    return gatewayResponse(400, 'Bad Request');
  }
  if (!match) {
    options.onNotice(describeUnmatched(request.method ?? '', path, options.routes));
    return gatewayResponse(404, 'Not Found');
  }
  const body = await readBody(request);
  if (!body) return gatewayResponse(413, 'Request Entity Too Large');
  const receipt = { requestId: options.newRequestId(), nowMs: options.now() };
  const event = buildHttpEvent({ message: request, path, query, body }, match, receipt);
  const opaque = describeOpaqueToken(request.headers.authorization, match.route);
  if (opaque) options.onNotice(opaque);
  try {
    const response = toResponse(await options.invoke(match.route, event));
    for (const notice of describeInvalidFields(response, match.route)) options.onNotice(notice);
    return response;
  } catch {
    return gatewayResponse(500, 'Internal Server Error');
  }
}

/** A response of API Gateway itself. */
function gatewayResponse(statusCode: number, message: string): Response {
  const headers = { 'content-type': 'application/json' };
  return { statusCode, headers, body: JSON.stringify({ message }) };
}

function toRefusalResponse({ status, detail }: Refusal): Response {
  const headers = { 'content-type': 'application/problem+json' };
  const body = JSON.stringify({ title: 'Not for web pages', status, detail });
  return { statusCode: status, headers, body };
}

/** @throws TypeError if API Gateway could not turn the result into a response */
function toResponse(result: object): Response {
  const { statusCode, headers, body } = result as Partial<Response>;
  if (typeof statusCode !== 'number' || typeof body !== 'string') {
    throw new TypeError('The function returned no statusCode or no body.');
  }
  return { statusCode, headers: headers ?? {}, body };
}

/** Returns `undefined` for a body that is too large or incomplete. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let received = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

const preflightResponse: Response = {
  statusCode: 204,
  headers: {
    'access-control-allow-methods': 'DELETE, GET, POST, PUT',
    // As in deploy/resources/http-api.js.
    'access-control-allow-headers':
      'authorization, content-type, if-match, baggage, sentry-trace, traceparent, tracestate, x-amzn-trace-id',
    'access-control-max-age': '3600',
  },
  body: '',
};

function allowOrigin({ headers }: IncomingMessage): Record<string, string> {
  if (headers.origin === undefined) return {};
  return {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'date, etag, retry-after',
  };
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
