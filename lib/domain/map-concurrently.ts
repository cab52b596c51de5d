/**
 * Runs a task for each item, some at a time, and keeps the order of the items. No I/O of its own.
 */
/** The platform publishes no rate limit; this stays well below what one back end sends on its own. */
const DEFAULT_LIMIT = 10;

export interface MapConcurrentlyOptions {
  /** How many tasks run at once, at most. Default 10. */
  readonly limit?: number;
  /** Asked before each task starts; from the first `false` on no further one does. */
  readonly mayStart?: () => boolean;
}

/**
 * @returns what each task resolved to, in the items' order; `undefined` where none was started
 * @throws what the first failing task threw, once those that ran beside it have ended; none starts
 *   after it, because Lambda freezes whatever an invocation leaves running
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
