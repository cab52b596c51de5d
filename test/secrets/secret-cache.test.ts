import { describe, expect, it } from 'vitest';
import { createSecretCache } from '../../lib/secrets/secret-cache.ts';

const TTL_MS = 300_000;

/** A cache over a clock and a source that the test holds in its hands. */
function openCache() {
  const clock = { nowMs: 1_000_000 };
  const reads: PromiseWithResolvers<string>[] = [];
  const read = createSecretCache({
    load: () => {
      const pending = Promise.withResolvers<string>();
      reads.push(pending);
      return pending.promise;
    },
    ttlMs: TTL_MS,
    now: () => clock.nowMs,
  });
  return { clock, reads, read };
}

describe('the secret cache', () => {
  it('reads nothing before it is asked', () => {
    expect(openCache().reads).toHaveLength(0);
  });

  it('reads once for all the calls that wait', async () => {
    const { reads, read } = openCache();
    const waiting = [read(), read(), read()];
    expect(reads).toHaveLength(1);
    reads[0]?.resolve('first');
    expect(await Promise.all(waiting)).toEqual(['first', 'first', 'first']);
  });

  it.each([
    ['at once', 0, 1],
    ['1 ms before its time is over', TTL_MS - 1, 1],
    ['exactly when its time is over', TTL_MS, 2],
    ['long after', TTL_MS * 100, 2],
  ])('%s serves from its memory or reads again', async (_scenario, laterMs, expectedReads) => {
    const { clock, reads, read } = openCache();
    const first = read();
    reads[0]?.resolve('first');
    await first;

    clock.nowMs += laterMs;
    const second = read();
    reads[1]?.resolve('second');
    expect(await second).toBe(expectedReads === 1 ? 'first' : 'second');
    expect(reads).toHaveLength(expectedReads);
  });

  it('counts the time from when the secret was read, however long that took', async () => {
    const { clock, reads, read } = openCache();
    const first = read();
    clock.nowMs += 60_000;
    reads[0]?.resolve('first');
    await first;
    clock.nowMs += TTL_MS - 1;
    await read();
    expect(reads).toHaveLength(1);
  });

  it('reads once for all the calls that find it out of date', async () => {
    const { clock, reads, read } = openCache();
    const first = read();
    reads[0]?.resolve('first');
    await first;
    clock.nowMs += TTL_MS;
    const waiting = [read(), read()];
    expect(reads).toHaveLength(2);
    reads[1]?.resolve('second');
    expect(await Promise.all(waiting)).toEqual(['second', 'second']);
  });

  it('fails every call that waited for a read that failed', async () => {
    const { reads, read } = openCache();
    const waiting = [read(), read()];
    reads[0]?.reject(new Error('out of reach'));
    const results = await Promise.allSettled(waiting);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(reads).toHaveLength(1);
  });

  it('does not keep a failure: the next call reads again and may succeed', async () => {
    const { reads, read } = openCache();
    const failed = read();
    reads[0]?.reject(new Error('out of reach'));
    await expect(failed).rejects.toThrow('out of reach');

    const succeeded = read();
    expect(reads).toHaveLength(2);
    reads[1]?.resolve('second');
    expect(await succeeded).toBe('second');
    expect(await read()).toBe('second');
    expect(reads).toHaveLength(2);
  });

  it('keeps a value that is falsy', async () => {
    const { reads, read } = openCache();
    const first = read();
    reads[0]?.resolve('');
    await first;
    expect(await read()).toBe('');
    expect(reads).toHaveLength(1);
  });
});
