/**
 * An HTTP API of API Gateway on one machine: routes requests to functions, answers by itself what
 * reaches none of them or fails there, and lets pages of every origin read the answers.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FindPage } from './console.ts';
import { buildHttpEvent } from './http-event.ts';
import type { Refusal } from './page-guard.ts';
import { matchRoute, type Route, type RouteMatch } from './routes.ts';

export interface GatewayOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Asked first: why a request is refused; `undefined` for one that may pass. */
  readonly judge: (request: IncomingMessage) => Refusal | undefined;
  /** What is served besides the API. */
  readonly findPage?: FindPage;
  /** Calls the function of a route; what it rejects with is told to the caller as a 500. */
  readonly invoke: (route: Route, event: object) => Promise<object>;
  readonly newRequestId: () => string;
  readonly now: () => number;
}

export interface Gateway {
  readonly port: number;
  /** Ends it, with all connections. May be called twice. */
  close(): Promise<void>;
}

interface Answer {
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
  const { statusCode, headers, body } = await answer(options, request);
  if (response.destroyed) return;
  const length = statusCode === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(statusCode, { ...headers, ...allowOrigin(request), ...length });
  response.end(statusCode === 204 ? undefined : body);
}

async function answer(options: GatewayOptions, request: IncomingMessage): Promise<Answer> {
  const refusal = options.judge(request);
  if (refusal) return refusalAnswer(refusal);
  if (isPreflight(request)) return preflightAnswer;
  const [path = '', query = ''] = splitOnce(request.url ?? '', '?');
  const page = options.findPage?.(request.method ?? '', path);
  if (page) return page;
  let match: RouteMatch | undefined;
  try {
    match = matchRoute(options.routes, request.method ?? '', path);
  } catch {
    return ownAnswer(400, 'Bad Request');
  }
  if (!match) return ownAnswer(404, 'Not Found');
  const body = await readBody(request);
  if (!body) return ownAnswer(413, 'Request Entity Too Large');
  const receipt = { requestId: options.newRequestId(), nowMs: options.now() };
  const event = buildHttpEvent({ message: request, path, query, body }, match, receipt);
  try {
    return readAnswer(await options.invoke(match.route, event));
  } catch {
    return ownAnswer(500, 'Internal Server Error');
  }
}

/** API Gateway's own words, in its own form. */
function ownAnswer(statusCode: number, message: string): Answer {
  const headers = { 'content-type': 'application/json' };
  return { statusCode, headers, body: JSON.stringify({ message }) };
}

function refusalAnswer({ status, detail }: Refusal): Answer {
  const headers = { 'content-type': 'application/problem+json' };
  const body = JSON.stringify({ title: 'Not for web pages', status, detail });
  return { statusCode: status, headers, body };
}

/** @throws TypeError for what API Gateway could not make an answer of */
function readAnswer(answer: object): Answer {
  const { statusCode, headers, body } = answer as Partial<Answer>;
  if (typeof statusCode !== 'number' || typeof body !== 'string') {
    throw new TypeError('The function has answered in no form that API Gateway knows.');
  }
  return { statusCode, headers: headers ?? {}, body };
}

/** @returns `undefined` for one that is too large, or that broke off */
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

const preflightAnswer: Answer = {
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
