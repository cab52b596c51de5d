/**
 * Runs a task for each item, some at a time, and keeps the order of the items. No I/O of its own.
 */
export interface SideBySideOptions {
  /** How many tasks run at once, at most. */
  readonly limit: number;
  /** Asked before each task starts; from the first `false` on no further one does. */
  readonly mayStart?: () => boolean;
}

/**
 * @returns what each task resolved to, in the items' order; `undefined` where none was started
 * @throws what the first failing task threw; tasks that run then are left to end
 */
export async function runSideBySide<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
  { limit, mayStart = () => true }: SideBySideOptions,
): Promise<(Result | undefined)[]> {
  const results = new Array<Result | undefined>(items.length).fill(undefined);
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (!mayStart()) return;
      results[index] = await task(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
