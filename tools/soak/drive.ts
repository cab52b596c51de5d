/**
 * Sends calls for some time: a session, then a token for it, over and over. Every answer is looked
 * at, every token verified.
 */
/// <reference path="./autocannon.d.ts" />
import autocannon from 'autocannon';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { API_KEY, type Secrets } from './secrets.ts';

export interface DriveOptions {
  readonly url: string;
  readonly durationMs: number;
  readonly secrets: Secrets;
  /** Requests per second. */
  readonly rate: number;
}

export interface Driven {
  readonly requests: number;
  /** Responses by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Requests without a response: broken connections and timeouts. */
  readonly unanswered: number;
  readonly tokens: number;
  /** The first few invalid tokens and unexpected responses. */
  readonly problems: readonly string[];
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const CONNECTIONS = 20;
/** Past the functions' own deadline. */
const TIMEOUT_SECONDS = 15;
const MAX_PROBLEMS = 20;

/** Shared by the two calls of one connection; empty at the beginning of each pair. */
interface Context {
  sessionId?: string;
}

export async function drive({ url, durationMs, secrets, rate }: DriveOptions): Promise<Driven> {
  const statuses: Record<number, number> = {};
  const problems: string[] = [];
  let tokens = 0;
  const spare = mintSessionId({ projectId: API_KEY });

  const look = (status: number, read: () => void): void => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status !== 201) return;
    try {
      read();
    } catch (cause) {
      if (problems.length < MAX_PROBLEMS) problems.push(String(cause));
    }
  };
  const json = { 'content-type': 'application/json' };
  const result = await autocannon<Context>({
    url,
    connections: CONNECTIONS,
    duration: durationMs / 1000,
    timeout: TIMEOUT_SECONDS,
    overallRate: rate,
    requests: [
      {
        method: 'POST',
        path: '/sessions',
        headers: json,
        body: '{"mediaMode":"routed"}',
        onResponse: (status, body, context) =>
          look(status, () => {
            context.sessionId = JSON.parse(body).sessionId;
          }),
      },
      {
        method: 'POST',
        path: '/sessions/x/tokens',
        headers: json,
        body: '{"role":"publisher","data":"name=Ada"}',
        setupRequest: (request, context) => ({
          ...request,
          path: `/sessions/${context.sessionId ?? spare}/tokens`,
        }),
        onResponse: (status, body, context) =>
          look(status, () => {
            const claims = secrets.verify(JSON.parse(body).token);
            tokens += 1;
            if (claims['session_id'] !== (context.sessionId ?? spare)) {
              throw new Error('a token for another session');
            }
          }),
      },
    ],
  });
  return {
    requests: result.requests.total,
    statuses,
    unanswered: result.errors + result.timeouts,
    tokens,
    problems,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}
