import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapConcurrently } from '../../lib/domain/map-concurrently.ts';

/** Tasks that wait until the test ends them, and a record of which have started. */
function openTasks() {
  const begun: number[] = [];
  const ends = new Map<number, PromiseWithResolvers<string>>();
  const task = (item: number): Promise<string> => {
    begun.push(item);
    const end = Promise.withResolvers<string>();
    ends.set(item, end);
    return end.promise;
  };
  return {
    begun,
    task,
    succeed: (item: number) => ends.get(item)?.resolve(`done ${item}`),
    fail: (item: number) => ends.get(item)?.reject(new Error(`failed ${item}`)),
  };
}

/** Runs all pending microtasks. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('mapConcurrently', () => {
  it('runs up to the limit, and starts the next when one ends', async () => {
    const { begun, task, succeed } = openTasks();
    const running = mapConcurrently([1, 2, 3, 4], task, { limit: 2 });
    expect(begun).toEqual([1, 2]);
    succeed(2);
    await settle();
    expect(begun).toEqual([1, 2, 3]);
    for (const item of [3, 1, 4]) {
      succeed(item);
      await settle();
    }
    expect(await running).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
  });

  it('returns an empty array for no items', async () => {
    expect(await mapConcurrently([], () => expect.fail('began'), { limit: 10 })).toEqual([]);
  });

  it('starts no more once mayStart returns false', async () => {
    const { begun, task, succeed } = openTasks();
    const answers = [true, true, false, true];
    const mayStart = () => answers.shift() ?? expect.fail('asked once too often');
    const running = mapConcurrently([1, 2, 3, 4], task, { limit: 1, mayStart });
    succeed(1);
    await settle();
    succeed(2);
    expect(await running).toEqual(['done 1', 'done 2', undefined, undefined]);
    expect(begun).toEqual([1, 2]);
  });

  it('starts no more after an error, and waits for running tasks', async () => {
    const { begun, task, succeed, fail } = openTasks();
    let hasEnded = false;
    const running = mapConcurrently([1, 2, 3, 4, 5], task, { limit: 3 }).finally(() => {
      hasEnded = true;
    });
    // Checked below; an unhandled rejection would end the process.
    running.catch(() => {});
    fail(2);
    await settle();
    expect({ hasEnded, begun }).toEqual({ hasEnded: false, begun: [1, 2, 3] });
    succeed(1);
    await settle();
    expect({ hasEnded, begun }).toEqual({ hasEnded: false, begun: [1, 2, 3] });
    fail(3);
    await expect(running).rejects.toThrow('failed 2');
    expect(begun).toEqual([1, 2, 3]);
  });

  it('throws the error of the task that failed', async () => {
    const task = async (item: number) => (item === 2 ? expect.fail('failed 2') : item);
    await expect(mapConcurrently([1, 2, 3], task, { limit: 2 })).rejects.toThrow('failed 2');
  });

  it('returns results in the order of the items', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat()),
        fc.integer({ min: 1, max: 12 }),
        fc.scheduler(),
        async (items, limit, scheduler) => {
          let running = 0;
          let most = 0;
          const task = async (item: number): Promise<number> => {
            running += 1;
            most = Math.max(most, running);
            await scheduler.schedule(Promise.resolve());
            running -= 1;
            return item * 2;
          };
          const results = mapConcurrently(items, task, { limit });
          expect(await scheduler.waitFor(results)).toEqual(items.map((item) => item * 2));
          expect(most).toBe(Math.min(limit, items.length));
        },
      ),
    );
  });
});
