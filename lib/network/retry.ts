/**
 * Retries with exponential back-off within a deadline. Does no I/O: clock, pause and randomness are
 * arguments.
 *
 * There is no circuit breaker: Lambda scales by containers, and each would have to detect an outage
 * alone.
 */
import { TimeoutError } from '../domain/deadline.ts';
import { TransportError } from './send.ts';

export interface Timing {
  /** Milliseconds since any fixed moment. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

export interface RetryPolicy {
  /** After the first attempt. With `Infinity`, only the deadline ends the retries. */
  readonly maxRetries: number;
  /** Of one attempt, so that a connection that died silently costs an attempt and not the call. */
  readonly attemptTimeoutMs: number;
  /** Doubled for each retry, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Returns the shortest pause in milliseconds before a retry, or `undefined` to stop retrying. */
  readonly toMinPauseMs: (error: unknown) => number | undefined;
}

/**
 * @param timeoutMs for all attempts and pauses together
 * @param attempt must finish within the timeout it receives
 * @throws the error of the last attempt that had its full timeout, since an attempt cut short by the
 *   deadline says less; TimeoutError if there was none
 */
export type Retry = <Result>(
  timeoutMs: number,
  attempt: (timeoutMs: number) => Promise<Result>,
) => Promise<Result>;

/** The first stale connection clears the pool, so more than one is rare. */
const MAX_STALE_CONNECTIONS = 3;

export function createRetry(policy: RetryPolicy, { now, pause, random }: Timing): Retry {
  return async (timeoutMs, attempt) => {
    const deadlineMs = now() + timeoutMs;
    const leftMs = (): number => Math.floor(deadlineMs - now());
    let cause: unknown = new TimeoutError(timeoutMs);
    let staleConnections = 0;
    for (let retries = 0; leftMs() > 0; retries += 1) {
      const attemptMs = Math.min(policy.attemptTimeoutMs, leftMs());
      try {
        return await attempt(attemptMs);
      } catch (error) {
        const isCutShort = hasFailed('timeout', error) && attemptMs < policy.attemptTimeoutMs;
        if (!isCutShort) cause = error;
        if (hasFailed('stale connection', error) && staleConnections < MAX_STALE_CONNECTIONS) {
          staleConnections += 1;
          retries -= 1;
          continue;
        }
        const minPauseMs = policy.toMinPauseMs(error);
        if (minPauseMs === undefined || retries >= policy.maxRetries) break;
        // From half to all of the pause, so that callers that failed together retry apart.
        const jitter = 0.5 + random() / 2;
        const ownPauseMs = Math.min(policy.firstPauseMs * 2 ** retries, policy.longestPauseMs);
        const pauseMs = Math.max(ownPauseMs * jitter, minPauseMs);
        if (pauseMs >= leftMs()) break;
        await pause(pauseMs);
      }
    }
    throw cause;
  };
}

function hasFailed(failure: TransportError['failure'], error: unknown): boolean {
  return error instanceof TransportError && error.failure === failure;
}
