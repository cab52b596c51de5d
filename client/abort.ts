/**
 * Ending a wait early: by a signal, or by a timeout. Uses nothing of `AbortSignal` but its event, because
 * `timeout`, `any`, `throwIfAborted` and `reason` are missing in React Native, and some in Safari 16.
 */

/** 11.6 days. Timers fire at once for delays from 2 ** 31 on. */
const MAX_TIMER_MS = 1e9;

/** Throws the signal's reason if it is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw toReason(signal);
}

/** The signal's reason, or an `AbortError` in runtimes where signals have no reason. */
function toReason({ reason }: AbortSignal): unknown {
  return reason ?? toError('AbortError', 'Aborted.');
}

/** Not a `DOMException`, which React Native does not have. */
function toError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/**
 * Settles with the promise, or rejects with the signal's reason as soon as it is aborted. The work behind
 * the promise continues.
 */
function orAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = () => signal && reject(toReason(signal));
    const stopListening = () => signal?.removeEventListener('abort', giveUp);
    signal?.addEventListener('abort', giveUp);
    promise.then(resolve, reject).then(stopListening);
    if (signal?.aborted) giveUp();
  });
}

/** Runs work that may wait for a timer. The timer is cleared when the work ends. */
async function withTimer<Value>(
  delayMs: number,
  work: (expired: Promise<void>) => Promise<Value>,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(delayMs, MAX_TIMER_MS));
  });
  try {
    return await work(expired);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws the signal's reason */
export function sleep(seconds: number, signal: AbortSignal): Promise<void> {
  return withTimer(seconds * 1000, (expired) => orAborted(expired, signal));
}

/**
 * Shares one task among several callers. Each can give up alone; the task is aborted when none is left.
 * @param onEnd called when no more callers can join; may be called twice
 */
export function share<Value>(
  start: (signal: AbortSignal) => Promise<Value>,
  onEnd: () => void = () => {},
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

/**
 * Runs a task with a signal that is aborted with the given one, and after `timeoutMs`.
 * @param timeoutMs above 11.6 days, such as `Infinity`, counts as 11.6 days
 * @throws the given signal's reason, or a `TimeoutError`
 */
export async function withTimeout<Value>(
  start: (signal: AbortSignal) => Promise<Value>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Value> {
  throwIfAborted(signal);
  return withTimer(timeoutMs, (expired) => {
    const timeout = expired.then(() => {
      throw toError('TimeoutError', `No response in ${timeoutMs} ms.`);
    });
    return share((inner) => Promise.race([start(inner), timeout]))(signal);
  });
}
