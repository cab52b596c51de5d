/**
 * Tries an exchange again while that may help and time is left. No I/O of its own: sending, pausing
 * and randomness are arguments.
 *
 * Creating a session twice is harmless: the platform has no idempotency key, but an unused session
 * costs nothing and never connects anybody. A circuit breaker would not help: Lambda scales by
 * containers, and each would have to learn of an outage alone.
 */
import type { PlatformRequest, PlatformResponse, SendRequest } from './send-request.ts';
import { TransportError } from './send-request.ts';

const MAX_RETRIES = 2;
/** A pool of kept-alive connections may have gone stale as a whole; each is found out one by one. */
const MAX_STALE_CONNECTIONS = 10;
const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const FIRST_PAUSE_MS = 100;
/** Healthy answers take well below a second; the vendor's SDKs wait 20 seconds or for ever. */
export const ATTEMPT_TIMEOUT_MS = 4_000;

export interface RetryOptions {
  readonly send: SendRequest;
  readonly pause: (ms: number) => Promise<void>;
  /** A number from 0 to below 1. */
  readonly random: () => number;
  /** Milliseconds since any fixed moment. */
  readonly now: () => number;
}

/** The same as `SendRequest`, where the request's `timeoutMs` is for all attempts and pauses together. */
export function createRetryingSender({ send, pause, random, now }: RetryOptions): SendRequest {
  return async (request) => {
    const deadlineMs = now() + request.timeoutMs;
    const leftMs = (): number => deadlineMs - now();
    let staleConnections = 0;
    for (let retries = 0; ; retries += 1) {
      const attempt = await tryOnce(send, request, Math.min(ATTEMPT_TIMEOUT_MS, leftMs()));
      if (isStale(attempt) && staleConnections < MAX_STALE_CONNECTIONS) {
        staleConnections += 1;
        retries -= 1;
        continue;
      }
      const pauseMs = toPauseMs(attempt, retries, random());
      if (retries >= MAX_RETRIES || pauseMs === undefined || pauseMs >= leftMs()) {
        return settle(attempt);
      }
      await pause(pauseMs);
    }
  };
}

type Attempt = PlatformResponse | TransportError;

async function tryOnce(
  send: SendRequest,
  request: PlatformRequest,
  timeoutMs: number,
): Promise<Attempt> {
  if (timeoutMs <= 0) return new TransportError('timeout', 'no time was left to try');
  try {
    return await send({ ...request, timeoutMs });
  } catch (error) {
    if (error instanceof TransportError) return error;
    throw error;
  }
}

function settle(attempt: Attempt): PlatformResponse {
  if (attempt instanceof TransportError) throw attempt;
  return attempt;
}

function isStale(attempt: Attempt): boolean {
  return attempt instanceof TransportError && attempt.failure === 'stale connection';
}

/** How long to wait before the next attempt; `undefined` when none would help. */
function toPauseMs(attempt: Attempt, retries: number, random: number): number | undefined {
  // Between half and all of a pause that doubles: callers that failed together do not return together.
  const jitteredMs = FIRST_PAUSE_MS * 2 ** retries * (0.5 + random / 2);
  if (attempt instanceof TransportError) {
    return attempt.failure === 'oversized' ? undefined : jitteredMs;
  }
  if (!RETRIED_STATUSES.has(attempt.status)) return undefined;
  const retryAfterSeconds = readRetryAfterSeconds(attempt);
  return Math.max(jitteredMs, (retryAfterSeconds ?? 0) * 1000);
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const LONGEST_RETRY_AFTER_SECONDS = 24 * 60 * 60;

/**
 * `Retry-After` (RFC 9110 section 10.2.3): whole seconds, or a date, which is compared with the
 * answer's own so that no clock of ours is asked. Nonsense and more than a day are left unread.
 */
export function readRetryAfterSeconds({ headers }: PlatformResponse): number | undefined {
  const value = String(headers['retry-after']);
  const seconds = HTTP_DATE.test(value)
    ? (Date.parse(value) - Date.parse(String(headers['date']))) / 1000
    : Number(/^\d+$/.exec(value)?.[0]);
  return seconds <= LONGEST_RETRY_AFTER_SECONDS ? Math.max(seconds, 0) : undefined;
}
