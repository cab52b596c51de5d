/** Repeated requests of the page, which stop while no one can see their results. */

export interface RepeatOptions {
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs a task at once and then `everyMs` after it has ended, until the signal is aborted. Skips it while the element is
 * not shown or the page is in the background, and runs it as soon as the page is in front again.
 */
export async function repeatWhileShown(
  element: HTMLElement,
  { everyMs, signal }: RepeatOptions,
  task: () => Promise<unknown>,
): Promise<void> {
  while (!signal.aborted) {
    if (isShown(element)) await task();
    await pause(everyMs, signal);
  }
}

function isShown(element: HTMLElement): boolean {
  return !document.hidden && element.getClientRects().length > 0;
}

/** Ends early when the page comes to the front, or the signal is aborted. */
function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onChange);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const onChange = () => {
      if (!document.hidden) end();
    };
    const timer = setTimeout(end, delayMs);
    document.addEventListener('visibilitychange', onChange);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
