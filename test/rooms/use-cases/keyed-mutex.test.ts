import { describe, expect, it, vi } from 'vitest';
import { createKeyedMutex } from '../../../lib/rooms/use-cases/keyed-mutex.ts';
import { catchFault } from '../../support/faults.ts';

const ample = () => 10_000;

describe('tasks of one name', () => {
  it('run one after the other, and those of another name beside them', async () => {
    const keyedMutex = createKeyedMutex();
    const first = Promise.withResolvers<void>();
    const begun: string[] = [];
    const run = (name: string, until: Promise<void> = Promise.resolve()) =>
      keyedMutex(name, ample, async () => {
        begun.push(name);
        await until;
      });
    const all = [run('a', first.promise), run('a'), run('a'), run('b')];
    await all[3];
    expect(begun).toEqual(['a', 'b']);
    first.resolve();
    await Promise.all(all);
    expect(begun).toEqual(['a', 'b', 'a', 'a']);
  });

  it('have their turn also after one that failed', async () => {
    const keyedMutex = createKeyedMutex();
    const failed = keyedMutex('a', ample, async () => expect.fail('no'));
    const next = keyedMutex('a', ample, async () => 'done');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('done');
  });

  it('do not wait for their turn beyond their own time', async () => {
    const keyedMutex = createKeyedMutex();
    const first = Promise.withResolvers<string>();
    const running = keyedMutex('a', ample, () => first.promise);
    const task = vi.fn(async () => 'done');
    const waiting = [520, 500].map((leftMs) =>
      catchFault(() => keyedMutex('a', () => leftMs, task)),
    );
    for (const fault of await Promise.all(waiting)) {
      expect(fault).toMatchObject({
        name: 'PlatformTimeoutError',
        isTransient: true,
        message: 'There was no time left to open the room. Retry.',
      });
      expect(fault.reason).toMatch(
        /^Waiting for another request for the same room failed: TimeoutError: /,
      );
    }
    expect(task).not.toHaveBeenCalled();
    first.resolve('first');
    expect(await running).toBe('first');
    expect(await keyedMutex('a', ample, task)).toBe('done');
  });
});
