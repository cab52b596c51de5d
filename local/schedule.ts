/** Runs what a deployment runs on a schedule. */

const MINUTE_MS = 60_000;

/**
 * Runs a task at the beginning of each minute. The next run waits for the one before; a failure ends neither.
 *
 * @returns stops it, and resolves when the current run has ended
 */
export function runEachMinute(
  task: () => Promise<unknown>,
  now: () => number = Date.now,
): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout;
  let isStopped = false;
  const plan = () => {
    if (isStopped) return;
    timer = setTimeout(
      () => {
        running = task().then(plan, plan);
      },
      MINUTE_MS - (now() % MINUTE_MS),
    );
    // The server keeps the process alive, not its schedule.
    timer.unref();
  };
  plan();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await running;
  };
}
