/**
 * Tries something again while that may help and time is left. No I/O of its own: the clock, pausing
 * and randomness are arguments.
 *
 * A circuit breaker would not help: Lambda scales by containers, and each would have to learn of an
 * outage alone.
 */
import { OutOfTime } from '../domain/deadline.ts';
import { TransportError } from './send.ts';

export interface Timing {
  /** Milliseconds since any fixed moment. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

export interface RetryPolicy {
  /** After the first attempt; `Infinity` for as many as there is time for. */
  readonly maxRetries: number;
  /** A connection lost without a word costs this, not the call. */
  readonly attemptTimeoutMs: number;
  /** Doubled each time, up to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /**
   * Judges what an attempt threw: how long to wait at least before another one, in milliseconds;
   * `undefined` when another one would not help.
   */
  readonly toMinPauseMs: (error: unknown) => number | undefined;
}

/**
 * @param timeoutMs for all attempts and pauses together
 * @param attempt keeps to the time that it is given
 * @throws what the last attempt threw; but where the deadline cut that one short, what the one before
 *   threw, as it tells more, and OutOfTime where there was none
 */
export type Retry = <Result>(
  timeoutMs: number,
  attempt: (timeoutMs: number) => Promise<Result>,
) => Promise<Result>;

/** The others of a pool that went stale are closed with the first, so a second one is rare. */
const MAX_STALE_CONNECTIONS = 3;

export function createRetry(policy: RetryPolicy, { now, pause, random }: Timing): Retry {
  return async (timeoutMs, attempt) => {
    const deadlineMs = now() + timeoutMs;
    const leftMs = (): number => Math.floor(deadlineMs - now());
    let telling: unknown = new OutOfTime(timeoutMs);
    let staleConnections = 0;
    for (let retries = 0; leftMs() > 0; retries += 1) {
      const attemptMs = Math.min(policy.attemptTimeoutMs, leftMs());
      try {
        return await attempt(attemptMs);
      } catch (error) {
        const isCutShort = hasFailed('timeout', error) && attemptMs < policy.attemptTimeoutMs;
        if (!isCutShort) telling = error;
        if (hasFailed('stale connection', error) && staleConnections < MAX_STALE_CONNECTIONS) {
          staleConnections += 1;
          retries -= 1;
          continue;
        }
        const minPauseMs = policy.toMinPauseMs(error);
        if (minPauseMs === undefined || retries >= policy.maxRetries) break;
        // Between half and all of it: callers that failed together do not return together.
        const jitter = 0.5 + random() / 2;
        const ownPauseMs = Math.min(policy.firstPauseMs * 2 ** retries, policy.longestPauseMs);
        const pauseMs = Math.max(ownPauseMs * jitter, minPauseMs);
        if (pauseMs >= leftMs()) break;
        await pause(pauseMs);
      }
    }
    throw telling;
  };
}

function hasFailed(failure: TransportError['failure'], error: unknown): boolean {
  return error instanceof TransportError && error.failure === failure;
}
