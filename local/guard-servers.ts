/**
 * Loaded before serverless-offline (`node --import`), which has no place for a guard of its own: every
 * HTTP server of the process asks page-guard.ts before it answers.
 */
import http, { type RequestListener, type Server } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { judgeRequest } from './page-guard.ts';

const { createServer } = http;

http.createServer = ((...args: Parameters<typeof createServer>) =>
  guard(createServer(...args))) as typeof createServer;
syncBuiltinESMExports();

function guard(server: Server): Server {
  const { emit } = server;
  server.emit = (name: string | symbol, ...args: unknown[]): boolean => {
    const isRequest = name === 'request' || name === 'checkContinue';
    if (isRequest && refuse(...(args as Parameters<RequestListener>))) return true;
    return Reflect.apply(emit, server, [name, ...args]);
  };
  return server;
}

/** @returns whether the request was refused, and answered */
function refuse(...[request, response]: Parameters<RequestListener>): boolean {
  const refusal = judgeRequest(request.method, request.headers);
  if (!refusal) return false;
  const { status, detail } = refusal;
  response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close' });
  response.end(JSON.stringify({ title: 'Not for web pages', status, detail }));
  return true;
}
