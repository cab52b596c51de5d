/**
 * Lets tasks of one name run one after the other, so that a batch of messages that names one room
 * twice makes one session. No I/O of its own.
 */
import { capTimeoutMs, type RemainingMs, withTimeout } from '../../domain/deadline.ts';
import { describeThrown, Fault } from '../../domain/faults.ts';

/**
 * Waiting for one's turn counts like any other wait.
 * Throws what the task throws, and Fault `PlatformTimeoutError` when its turn does not come in time.
 */
export type KeyedMutex = <Result>(
  name: string,
  remainingMs: RemainingMs,
  task: () => Promise<Result>,
) => Promise<Result>;

/** Longer than any task takes: it is the invocation's own end that bounds the wait. */
const PATIENCE_MS = 60_000;

export function createKeyedMutex(): KeyedMutex {
  const running = new Map<string, Promise<unknown>>();
  return async (name, remainingMs, task) => {
    for (let other = running.get(name); other; other = running.get(name)) {
      await waitFor(other, remainingMs);
    }
    const turn = task();
    running.set(
      name,
      turn.catch(() => undefined),
    );
    try {
      return await turn;
    } finally {
      running.delete(name);
    }
  };
}

async function waitFor(other: Promise<unknown>, remainingMs: RemainingMs): Promise<void> {
  try {
    await withTimeout(capTimeoutMs(remainingMs, PATIENCE_MS), () => other);
  } catch (cause) {
    // What is waited for never fails, so it is out of time.
    throw new Fault('PlatformTimeoutError', 'There was no time left to open the room.', {
      reason: `Waiting for another request for the same room failed: ${describeThrown(cause)}`,
      cause,
    });
  }
}
