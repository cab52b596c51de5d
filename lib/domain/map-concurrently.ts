/**
 * Runs a task for each item with bounded concurrency. No I/O.
 */

/** The platform publishes no rate limit; this is well below the traffic of one back end. */
const DEFAULT_LIMIT = 10;

export interface MapConcurrentlyOptions {
  /** How many tasks run at once. At least 1, default 10. */
  readonly limit?: number;
  /** Called before each task starts. After the first `false` no further task starts. */
  readonly mayStart?: () => boolean;
}

/**
 * Returns the results in the order of the items; `undefined` for a task that was not started.
 *
 * @throws the error of the first failing task, after all running tasks have settled. No task starts after a
 *   failure, because Lambda freezes work that outlives its invocation.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
  { limit = DEFAULT_LIMIT, mayStart = () => true }: MapConcurrentlyOptions = {},
): Promise<(Result | undefined)[]> {
  const results = new Array<Result | undefined>(items.length).fill(undefined);
  const failures: unknown[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failures.length > 0 || !mayStart()) return;
      try {
        results[index] = await task(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
