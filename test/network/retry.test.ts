import { describe, expect, it } from 'vitest';
import { OutOfTime } from '../../lib/domain/deadline.ts';
import { createRetry, type RetryPolicy } from '../../lib/network/retry.ts';
import { TransportError, type TransportFailure } from '../../lib/network/send.ts';

type Step = 'ok' | 'refused' | TransportFailure;

/** A retry over a clock that only attempts and pauses move. */
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
      if (step === 'refused') throw new Error('refused');
      nowMs += step === 'timeout' ? ms : attemptMs;
      throw new TransportError(step, `attempt ${attempts.length}`);
    });
  return { run, attempts, pausesMs };
}

describe('a retry', () => {
  it('pauses for twice as long each time, up to the longest', async () => {
    const { run, pausesMs } = open(Array(5).fill('connection'));
    expect(await run(10_000)).toBe('done');
    expect(pausesMs).toEqual([50, 100, 150, 150, 150]);
  });

  it('spreads callers that failed together over half of a pause', async () => {
    const { run, pausesMs } = open(['connection'], { random: 0.999 });
    await run(10_000);
    expect(pausesMs[0]).toBeCloseTo(100, 0);
  });

  it('waits for as long as it is told to, if that is longer', async () => {
    const { run, pausesMs } = open(['connection'], { policy: { toMinPauseMs: () => 700 } });
    await run(10_000);
    expect(pausesMs).toEqual([700]);
  });

  it('ends with what cannot pass', async () => {
    const { run, attempts } = open(['connection', 'refused']);
    await expect(run(10_000)).rejects.toThrow('refused');
    expect(attempts).toHaveLength(2);
  });

  it('goes on for as long as there is time, where no number is set', async () => {
    const { run, attempts } = open(Array(100).fill('connection'), { attemptMs: 50 });
    await expect(run(1_000)).rejects.toMatchObject({ failure: 'connection' });
    expect(attempts).toHaveLength(6);
  });

  it('loses one attempt to a connection that died without a word, not the call', async () => {
    const { run, attempts } = open(['timeout']);
    expect(await run(3_000)).toBe('done');
    expect(attempts).toEqual([1_000, 1_000]);
  });

  it('tells what went wrong before the deadline cut an attempt short', async () => {
    const { run } = open(['connection', 'timeout'], { attemptMs: 500 });
    await expect(run(1_000)).rejects.toMatchObject({ message: 'attempt 1' });
  });

  it('tells that the time is over where there is nothing else to tell', async () => {
    const { run, attempts } = open(['timeout']);
    await expect(run(300)).rejects.toThrow(new OutOfTime(300).message);
    expect(attempts).toEqual([300]);
  });

  it.each([0, -1, 0.5])('does not begin with %d ms', async (timeoutMs) => {
    const { run, attempts } = open([]);
    await expect(run(timeoutMs)).rejects.toBeInstanceOf(OutOfTime);
    expect(attempts).toEqual([]);
  });
});
