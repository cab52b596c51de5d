/**
 * Tries a call to the table again while that may help and time is left.
 *
 * In place of the SDK's own retries, which wait up to a second once they are throttled, give up
 * after four attempts, and hide why when the time is over.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { OutOfTime, within } from '../domain/deadline.ts';

/** A healthy call takes some milliseconds: a connection lost without a word costs this, not the call. */
const ATTEMPT_TIMEOUT_MS = 1_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 400;

export interface AttemptsOptions {
  /** For all attempts and pauses together. */
  readonly timeoutMs: number;
  /** Whether a failed attempt is worth another one. */
  readonly isTransient: (error: unknown) => boolean;
}

/** @throws what the last attempt threw, unless it ran out of time and one before tells more */
export async function tryWithin<Result>(
  { timeoutMs, isTransient }: AttemptsOptions,
  attempt: (abortSignal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadlineMs = performance.now() + timeoutMs;
  const leftMs = (): number => Math.max(Math.floor(deadlineMs - performance.now()), 0);
  let telling: unknown;
  for (let retries = 0; ; retries += 1) {
    try {
      return await within(Math.min(ATTEMPT_TIMEOUT_MS, leftMs()), attempt);
    } catch (error) {
      if (!(error instanceof OutOfTime) || !telling) telling = error;
      // Between half and all of it: callers that were throttled together do not return together.
      const jitter = 0.5 + Math.random() / 2;
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** retries, LONGEST_PAUSE_MS) * jitter;
      if (!isTransient(error) || pauseMs >= leftMs()) throw telling;
      await sleep(pauseMs);
    }
  }
}
