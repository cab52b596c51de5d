/**
 * A stand-in for API Gateway and Lambda in a separate process: the packaged functions behind
 * node:http, each request one invocation. Harsher than Lambda: one container serves many calls at once.
 *
 * Arguments: the files of createSession and issueToken. Sends its port, and on request its counts
 * and its memory, to the parent process.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { LambdaHandler } from '../../lib/events/handler.ts';
import type { HttpResponse } from '../../lib/events/http-response.ts';
import { readAnswer } from '../../test/support/contract.ts';
import { assertDocumented } from '../../test/support/documented.ts';
import { REQUEST_ID } from '../../test/support/fixtures.ts';
import { httpApiEvent } from '../../test/support/http-events.ts';

/** What the gateway has seen since it started. */
export interface Measures {
  readonly received: number;
  /** Of these the calls for a session. */
  readonly sessions: number;
  readonly answered: number;
  /** What was wrong with answers: out of the contract, or none in time. The first few. */
  readonly problems: readonly string[];
  /** Lines of the log that end an invocation. */
  readonly logged: number;
  readonly warnings: number;
  /** After a garbage collection, in bytes. */
  readonly heapBytes: number;
  readonly rssBytes: number;
}

export type FromGateway = { readonly port: number } | { readonly measures: Measures };

/** As deployed. */
const TIMEOUT_MS = 10_000;
const MAX_PROBLEMS = 20;
const TOKENS_PATH = /^\/sessions\/([^/]+)\/tokens$/;

const counts = { received: 0, sessions: 0, answered: 0, logged: 0, warnings: 0 };
const problems: string[] = [];
const complain = (problem: string): void => {
  if (problems.length < MAX_PROBLEMS) problems.push(problem);
};

for (const level of ['info', 'warn', 'error'] as const) {
  console[level] = (line: string) => {
    const record = JSON.parse(line);
    if ('outcome' in record) counts.logged += 1;
    if (record.level === 'warn') counts.warnings += 1;
    if (record.fault === 'InternalError') complain(line);
  };
}

async function load(file: string | undefined): Promise<LambdaHandler> {
  if (file === undefined) throw new Error('Usage: gateway.ts <createSession> <issueToken>');
  const { handler } = await import(pathToFileURL(file).href);
  return handler;
}

const [, , createSessionFile, issueTokenFile] = process.argv;
const createSession = await load(createSessionFile);
const issueToken = await load(issueTokenFile);

async function invoke(path: string, body: string): Promise<object> {
  const sessionId = TOKENS_PATH.exec(path)?.[1];
  const event = httpApiEvent({
    ...(body === '' ? {} : { body }),
    ...(sessionId === undefined ? {} : { sessionId }),
  });
  if (sessionId === undefined) counts.sessions += 1;
  const endMs = performance.now() + TIMEOUT_MS;
  const { promise: cutOff, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${path} was cut off`)), TIMEOUT_MS);
  try {
    const handler = sessionId === undefined ? createSession : issueToken;
    const answering = handler(event, {
      awsRequestId: REQUEST_ID,
      getRemainingTimeInMillis: () => Math.floor(endMs - performance.now()),
    });
    const answer = await Promise.race([answering, cutOff]);
    assertDocumented(sessionId === undefined ? 'createSession' : 'issueToken', event, answer);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

const server = createServer(async (request, response) => {
  counts.received += 1;
  try {
    const answer = await invoke(request.url ?? '', await text(request));
    readAnswer(answer);
    const { statusCode, headers, body } = answer as HttpResponse;
    response.writeHead(statusCode, headers).end(body);
    counts.answered += 1;
  } catch (cause) {
    complain(String(cause));
    response.destroy();
  }
});

function measure(): Measures {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { ...counts, problems, heapBytes: heapUsed, rssBytes: rss };
}

const tell = (message: FromGateway): void => void process.send?.(message);

process.on('message', () => tell({ measures: measure() }));
process.on('disconnect', () => process.exit());
process.on('unhandledRejection', (cause) => complain(`unhandled rejection: ${cause}`));
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
