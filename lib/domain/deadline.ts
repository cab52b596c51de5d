/**
 * How long anything may be waited for, so that every invocation answers by itself before Lambda ends
 * it. No I/O; its one effect is a timer.
 */

/**
 * How long Lambda lets the invocation go on, in milliseconds, read anew at every call: whatever was
 * waited for before has used some of it up.
 */
export type RemainingMs = () => number;

/**
 * Kept back from every wait: to give up what was waited for, make the answer, log it and hand it to
 * Lambda, on a container with a fraction of a processor. An invocation that is cut off instead costs
 * its container, and a batch comes again whole, with what was published published again.
 */
export const CLOSING_MS = 500;

/**
 * How long one wait may take now, in milliseconds; 0 when it is not to be begun.
 * @param patienceMs what it may take however much is left
 */
export function timeToWaitMs(remainingMs: RemainingMs, patienceMs: number): number {
  return Math.max(Math.min(patienceMs, remainingMs() - CLOSING_MS), 0);
}

/** What was waited for is not done. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';

  constructor(timeoutMs: number) {
    super(timeoutMs > 0 ? `not done within ${timeoutMs} ms` : 'no time was left to begin');
  }
}

/**
 * Waits for work and for no longer than it may take; the work itself may go on, for others who wait.
 * @param timeoutMs from `timeToWaitMs`; at 0 the work is not begun
 * @throws OutOfTime, and what the work throws
 */
export async function within<Result>(
  timeoutMs: number,
  begin: () => Promise<Result>,
): Promise<Result> {
  if (timeoutMs <= 0) throw new OutOfTime(timeoutMs);
  // Before the timer: a deadline that the work sets itself for the same moment tells more.
  const work = begin();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OutOfTime(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
