import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runEachMinute } from '../../local/schedule.ts';

describe('runEachMinute', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 90_500 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs at the beginning of each minute, also after a failure', async () => {
    const times: number[] = [];
    const stop = runEachMinute(async () => {
      times.push(Date.now());
      if (times.length === 1) throw new Error('the table is closed');
    });
    await vi.advanceTimersByTimeAsync(29_499);
    expect(times).toEqual([]);
    await vi.advanceTimersByTimeAsync(120_001);
    expect(times).toEqual([120_000, 180_000, 240_000]);
    await stop();
  });

  it('starts no run before the one before has ended', async () => {
    let started = 0;
    const stop = runEachMinute(async () => {
      started += 1;
      await new Promise((resolve) => setTimeout(resolve, 70_000));
    });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(started).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started).toBe(2);
    await Promise.all([stop(), vi.advanceTimersByTimeAsync(70_000)]);
  });

  it('does not run after it was stopped, and waits for the current run', async () => {
    const ended = vi.fn();
    let started = 0;
    const stop = runEachMinute(async () => {
      started += 1;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      ended();
    });
    await vi.advanceTimersByTimeAsync(29_500);
    expect(started).toBe(1);
    const stopping = stop();
    await vi.advanceTimersByTimeAsync(1_000);
    await stopping;
    expect(ended).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(started).toBe(1);
    await stop();
  });
});
