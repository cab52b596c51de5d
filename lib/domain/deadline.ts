/**
 * Deadlines, so that an invocation responds before Lambda ends it. Does no I/O; `withTimeout` sets a
 * timer.
 */

/** Milliseconds that Lambda still gives the invocation. Call it again for each timeout. */
export type RemainingMs = () => number;

/**
 * Reserved from every timeout, so there is time left to abort, respond and log on a container with a
 * fraction of a processor. An invocation that Lambda ends costs its container, and a batch is delivered
 * again as a whole, including messages with a published result.
 */
export const RESPONSE_RESERVE_MS = 500;

/**
 * Returns `timeoutMs`, capped by the remaining time of the invocation; 0 if none is left.
 *
 * @param timeoutMs of the operation if there were no invocation
 */
export function capTimeoutMs(remainingMs: RemainingMs, timeoutMs: number): number {
  return Math.max(Math.min(timeoutMs, remainingMs() - RESPONSE_RESERVE_MS), 0);
}

/** The operation did not finish in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';

  constructor(timeoutMs: number) {
    super(timeoutMs > 0 ? `timed out after ${timeoutMs} ms` : 'no time left to start');
  }
}

/**
 * Waits for an operation, but no longer than its timeout. The operation is not aborted, because others
 * may wait for it.
 *
 * @param timeoutMs from `capTimeoutMs`; at 0 the operation does not start
 * @throws TimeoutError, and what the operation throws
 */
export async function withTimeout<Result>(
  timeoutMs: number,
  start: () => Promise<Result>,
): Promise<Result> {
  if (timeoutMs <= 0) throw new TimeoutError(timeoutMs);
  // Before the timer: if the operation has the same timeout, its own error says more.
  const operation = start();
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([operation, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
