/**
 * Runs tasks with the same key one after the other, so a batch of messages that names a room twice
 * creates one session. No I/O.
 */
import { capTimeoutMs, type RemainingMs, withTimeout } from '../../domain/deadline.ts';
import { describeThrown, Fault } from '../../domain/faults.ts';

/** Throws what the task throws, and Fault `PlatformTimeoutError` if its turn does not come in time. */
export type KeyedMutex = <Result>(
  key: string,
  remainingMs: RemainingMs,
  task: () => Promise<Result>,
) => Promise<Result>;

/** Longer than any task takes; the end of the invocation bounds the wait. */
const TURN_TIMEOUT_MS = 60_000;

export function createKeyedMutex(): KeyedMutex {
  const running = new Map<string, Promise<unknown>>();
  return async (key, remainingMs, task) => {
    for (let other = running.get(key); other; other = running.get(key)) {
      await waitFor(other, remainingMs);
    }
    const turn = task();
    running.set(
      key,
      turn.catch(() => undefined),
    );
    try {
      return await turn;
    } finally {
      running.delete(key);
    }
  };
}

async function waitFor(other: Promise<unknown>, remainingMs: RemainingMs): Promise<void> {
  try {
    await withTimeout(capTimeoutMs(remainingMs, TURN_TIMEOUT_MS), () => other);
  } catch (cause) {
    // The other task's promise never rejects, so this is a timeout.
    throw new Fault('PlatformTimeoutError', 'There was no time left to open the room. Retry.', {
      reason: `Waiting for another request for the same room failed: ${describeThrown(cause)}`,
      cause,
    });
  }
}
