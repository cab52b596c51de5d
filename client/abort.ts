/**
 * Waiting that can be given up.
 */

/** The promise's outcome, or the signal's reason once it is aborted; the promise goes on then. */
export function orAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal?.reason);
    const stopListening = () => signal?.removeEventListener('abort', giveUp);
    signal?.addEventListener('abort', giveUp);
    promise.then(resolve, reject).then(stopListening);
    if (signal?.aborted) giveUp();
  });
}

/** @throws the signal's reason */
export async function sleep(seconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  try {
    await orAborted(slept, signal);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * One task that many wait for. Each may give up alone; the task is aborted when all have.
 * @param onEnd called when nobody can join any more; may be called twice
 */
export function share<Value>(
  start: (signal: AbortSignal) => Promise<Value>,
  onEnd: () => void,
): (signal: AbortSignal | undefined) => Promise<Value> {
  const controller = new AbortController();
  let waiting = 0;
  const task = start(controller.signal);
  task.then(onEnd, onEnd);
  return async (signal) => {
    waiting += 1;
    try {
      return await orAborted(task, signal);
    } finally {
      waiting -= 1;
      if (waiting === 0) {
        onEnd();
        controller.abort();
      }
    }
  };
}
