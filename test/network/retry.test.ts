import { describe, expect, it } from 'vitest';
import { TimeoutError } from '../../lib/domain/deadline.ts';
import { createRetry, type RetryPolicy } from '../../lib/network/retry.ts';
import { TransportError, type TransportFailure } from '../../lib/network/send.ts';

type Step = 'ok' | 'rejected' | TransportFailure;

/** Only attempts and pauses move the clock. */
function open(
  steps: readonly Step[],
  { attemptMs = 0, random = 0, policy = {} as Partial<RetryPolicy> } = {},
) {
  let nowMs = 5_000;
  const attempts: number[] = [];
  const pausesMs: number[] = [];
  const retry = createRetry(
    {
      maxRetries: Number.POSITIVE_INFINITY,
      attemptTimeoutMs: 1_000,
      firstPauseMs: 100,
      longestPauseMs: 300,
      toMinPauseMs: (error) => (error instanceof TransportError ? 0 : undefined),
      ...policy,
    },
    {
      now: () => nowMs,
      random: () => random,
      pause: async (ms) => {
        pausesMs.push(ms);
        nowMs += ms;
      },
    },
  );
  const run = (timeoutMs: number) =>
    retry(timeoutMs, async (ms) => {
      const step = steps[attempts.length] ?? 'ok';
      attempts.push(ms);
      if (step === 'ok') return 'done';
      if (step === 'rejected') throw new Error('rejected');
      nowMs += step === 'timeout' ? ms : attemptMs;
      throw new TransportError(step, `attempt ${attempts.length}`);
    });
  return { run, attempts, pausesMs };
}

describe('createRetry', () => {
  it('doubles the pause with each retry, up to the longest', async () => {
    const { run, pausesMs } = open(Array(5).fill('connection'));
    expect(await run(10_000)).toBe('done');
    expect(pausesMs).toEqual([50, 100, 150, 150, 150]);
  });

  it('spreads retries over half of the pause', async () => {
    const { run, pausesMs } = open(['connection'], { random: 0.999 });
    await run(10_000);
    expect(pausesMs[0]).toBeCloseTo(100, 0);
  });

  it('pauses for the policy’s minimum if that is longer', async () => {
    const { run, pausesMs } = open(['connection'], { policy: { toMinPauseMs: () => 700 } });
    await run(10_000);
    expect(pausesMs).toEqual([700]);
  });

  it('does not retry a permanent error', async () => {
    const { run, attempts } = open(['connection', 'rejected']);
    await expect(run(10_000)).rejects.toThrow('rejected');
    expect(attempts).toHaveLength(2);
  });

  it('retries until the deadline without a maximum', async () => {
    const { run, attempts } = open(Array(100).fill('connection'), { attemptMs: 50 });
    await expect(run(1_000)).rejects.toMatchObject({ failure: 'connection' });
    expect(attempts).toHaveLength(6);
  });

  it('replaces up to three stale connections without a pause or a retry', async () => {
    const policy = { maxRetries: 0 };
    const { run, attempts, pausesMs } = open(Array(3).fill('stale connection'), { policy });
    expect(await run(10_000)).toBe('done');
    expect(attempts).toHaveLength(4);
    expect(pausesMs).toEqual([]);
  });

  it('counts the fourth stale connection as a retry', async () => {
    const steps: Step[] = Array(4).fill('stale connection');
    const noRetry = open(steps, { policy: { maxRetries: 0 } });
    await expect(noRetry.run(10_000)).rejects.toMatchObject({ failure: 'stale connection' });
    expect(noRetry.attempts).toHaveLength(4);
    const oneRetry = open(steps, { policy: { maxRetries: 1 } });
    expect(await oneRetry.run(10_000)).toBe('done');
    expect(oneRetry.pausesMs).toEqual([50]);
  });

  it('retries an attempt that timed out', async () => {
    const { run, attempts } = open(['timeout']);
    expect(await run(3_000)).toBe('done');
    expect(attempts).toEqual([1_000, 1_000]);
  });

  it('throws the previous error if the deadline cut the last attempt short', async () => {
    const { run } = open(['connection', 'timeout'], { attemptMs: 500 });
    await expect(run(1_000)).rejects.toMatchObject({ message: 'attempt 1' });
  });

  it('throws TimeoutError if the deadline cut the only attempt short', async () => {
    const { run, attempts } = open(['timeout']);
    await expect(run(300)).rejects.toThrow(new TimeoutError(300).message);
    expect(attempts).toEqual([300]);
  });

  it.each([0, -1, 0.5])('makes no attempt with %d ms', async (timeoutMs) => {
    const { run, attempts } = open([]);
    await expect(run(timeoutMs)).rejects.toBeInstanceOf(TimeoutError);
    expect(attempts).toEqual([]);
  });
});
