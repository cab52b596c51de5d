import { describe, expect, it, vi } from 'vitest';
import { createSecretCache } from '../../lib/credentials/secret-cache.ts';
import { catchFault } from '../support/faults.ts';

const TTL_MS = 300_000;
const STALE_MS = 3_600_000;
const outage = new Error('unavailable');
const ample = () => 60_000;

/** A cache with a clock and a source that the test controls. A value is its text in capitals. */
function openCache({ staleMs = STALE_MS } = {}) {
  const clock = { nowMs: 1_000_000 };
  const reads: (PromiseWithResolvers<string> & { timeoutMs: number })[] = [];
  const parsed: string[] = [];
  const stale: unknown[] = [];
  const cache = createSecretCache({
    read: (timeoutMs) => {
      const pending = Promise.withResolvers<string>();
      reads.push({ ...pending, timeoutMs });
      return pending.promise;
    },
    parse: async (text) => {
      parsed.push(text);
      if (text === 'malformed') throw new Error('malformed');
      return { value: text.toUpperCase() };
    },
    ttlMs: TTL_MS,
    staleMs,
    now: () => clock.nowMs,
    onStale: (error) => stale.push(error),
  });
  return {
    ...cache,
    clock,
    reads,
    parsed,
    stale,
    /** Calls get, and settles the read that this starts, if any. */
    async getWith(answer: string | Error): Promise<string> {
      const before = reads.length;
      const asked = cache.get(ample);
      const started = reads[before];
      if (answer instanceof Error) started?.reject(answer);
      else started?.resolve(answer);
      return (await asked).value;
    },
  };
}

describe('a secret', () => {
  it('is not read before the first call', () => {
    expect(openCache().reads).toHaveLength(0);
  });

  it('is read once for all waiting calls', async () => {
    const { get, reads } = openCache();
    const waiting = [get(ample), get(ample), get(ample)];
    expect(reads).toHaveLength(1);
    reads[0]?.resolve('first');
    const values = await Promise.all(waiting);
    expect(values).toEqual([{ value: 'FIRST' }, { value: 'FIRST' }, { value: 'FIRST' }]);
  });

  it.each([
    ['at once', 0, 1],
    ['1 ms before its time is over', TTL_MS - 1, 1],
    ['exactly when its time is over', TTL_MS, 2],
    ['long after', TTL_MS + STALE_MS * 100, 2],
  ])('requested again %s is read in all %#', async (_scenario, laterMs, expectedReads) => {
    const { getWith, clock, reads } = openCache();
    await getWith('first');
    clock.nowMs += laterMs;
    expect(await getWith('second')).toBe(expectedReads === 1 ? 'FIRST' : 'SECOND');
    expect(reads).toHaveLength(expectedReads);
  });

  it('has its TTL from the start of the read', async () => {
    const { get, getWith, clock, reads } = openCache();
    const first = get(ample);
    clock.nowMs += 60_000;
    reads[0]?.resolve('first');
    await first;
    clock.nowMs += TTL_MS - 1;
    await getWith('second');
    expect(reads).toHaveLength(1);
    clock.nowMs += 1;
    await getWith('second');
    expect(reads).toHaveLength(2);
  });

  it('is read once for all calls after the TTL', async () => {
    const { get, getWith, clock, reads } = openCache();
    await getWith('first');
    clock.nowMs += TTL_MS;
    const waiting = [get(ample), get(ample)];
    expect(reads).toHaveLength(2);
    reads[1]?.resolve('second');
    expect(await Promise.all(waiting)).toEqual([{ value: 'SECOND' }, { value: 'SECOND' }]);
  });

  it('is parsed once per text, not once per read', async () => {
    const { get, getWith, clock, parsed } = openCache();
    await getWith('first');
    const first = await get(ample);
    clock.nowMs += TTL_MS;
    await getWith('first');
    expect(await get(ample)).toBe(first);
    clock.nowMs += TTL_MS;
    await getWith('second');
    expect(parsed).toEqual(['first', 'second']);
  });

  it('has a longer timeout at the first read than with a stale secret', async () => {
    const { getWith, clock, reads } = openCache();
    await getWith('first');
    clock.nowMs += TTL_MS;
    await getWith('second');
    clock.nowMs += TTL_MS + STALE_MS;
    await getWith('third');
    expect(reads.map(({ timeoutMs }) => timeoutMs)).toEqual([3_000, 1_000, 3_000]);
  });

  it.each([
    ['all of it, when the invocation has longer', 3_500, 3_000],
    ['half a second less than the invocation has', 3_499, 2_999],
    ['a moment, when the invocation ends', 501, 1],
  ])('has a timeout at the first read of %s', async (_scenario, remainingMs, timeoutMs) => {
    const { get, reads } = openCache();
    const asked = get(() => remainingMs);
    reads[0]?.resolve('first');
    await asked;
    expect(reads.map((read) => read.timeoutMs)).toEqual([timeoutMs]);
  });

  it.each([
    ['is past its time', TTL_MS, 1_500, 1_000],
    ['is past its time, late in the invocation', TTL_MS, 700, 200],
    ['is past its longest time', TTL_MS + STALE_MS, 700, 200],
  ])('that %s has a timeout within the invocation', async (_scenario, laterMs, remainingMs, ms) => {
    const { get, getWith, clock, reads } = openCache();
    await getWith('first');
    clock.nowMs += laterMs;
    const asked = get(() => remainingMs);
    reads[1]?.resolve('second');
    await asked;
    expect(reads[1]?.timeoutMs).toBe(ms);
  });
});

describe('a call that waits for a secret', () => {
  it('starts no read without time for it', async () => {
    const { get, reads } = openCache();
    const fault = await catchFault(() => get(() => 500));
    expect(fault).toMatchObject({
      name: 'SecretUnavailableError',
      message: 'The credentials are temporarily unavailable. Retry in a second.',
      retryAfterSeconds: 1,
    });
    expect(fault.reason).toContain('no time left to start');
    expect(reads).toHaveLength(0);
  });

  it('times out at its own deadline although it shares a longer read', async () => {
    const { get, reads } = openCache();
    const patient = get(ample);
    const fault = await catchFault(() => get(() => 510));
    expect(fault).toMatchObject({ name: 'SecretUnavailableError', retryAfterSeconds: 1 });
    expect(fault.reason).toContain('timed out after 10 ms');
    reads[0]?.resolve('first');
    expect(await patient).toEqual({ value: 'FIRST' });
    expect(reads).toHaveLength(1);
  });

  it('returns the stale secret at its own deadline while the shared read continues', async () => {
    const { get, getWith, clock, reads, stale } = openCache();
    await getWith('first');
    clock.nowMs += TTL_MS;
    const patient = get(ample);
    expect(await get(() => 510)).toEqual({ value: 'FIRST' });
    expect(stale).toMatchObject([{ name: 'SecretUnavailableError' }]);
    reads[1]?.resolve('second');
    expect(await patient).toEqual({ value: 'SECOND' });
  });

  it.each([0, 1])(
    'fails with the read that it started: the next call waits for nothing, %#',
    async (laterMs) => {
      const { get, getWith, clock, reads, stale } = openCache();
      await getWith('first');
      clock.nowMs += TTL_MS;
      expect(await get(() => 510)).toEqual({ value: 'FIRST' });
      clock.nowMs += laterMs;
      expect(await get(() => 510)).toEqual({ value: 'FIRST' });
      expect(reads).toHaveLength(2);
      expect(stale).toHaveLength(1);
    },
  );

  it('does not share a read that exceeded its timeout', async () => {
    const { get, getWith, clock, reads } = openCache();
    await getWith('first');
    clock.nowMs += TTL_MS;
    await get(() => 510);
    clock.nowMs += 1_000;
    const next = get(ample);
    expect(reads).toHaveLength(3);
    reads[2]?.resolve('second');
    expect(await next).toEqual({ value: 'SECOND' });
  });
});

describe('a secret that cannot be read', () => {
  it('fails every waiting call, with one read', async () => {
    const { get, reads } = openCache();
    const waiting = [get(ample), get(ample)];
    reads[0]?.reject(outage);
    const results = await Promise.allSettled(waiting);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(reads).toHaveLength(1);
  });

  it('is read again by the next call', async () => {
    const { getWith, reads, stale } = openCache();
    await expect(getWith(outage)).rejects.toBe(outage);
    expect(await getWith('second')).toBe('SECOND');
    expect(await getWith('third')).toBe('SECOND');
    expect(reads).toHaveLength(2);
    expect(stale).toEqual([]);
  });

  it('is read again also if its source failed immediately', async () => {
    let reads = 0;
    const { get } = createSecretCache({
      read: () => {
        reads += 1;
        if (reads === 1) throw outage;
        return Promise.resolve('second');
      },
      parse: async (text) => text,
      ttlMs: TTL_MS,
      staleMs: STALE_MS,
      now: () => 0,
      onStale: () => {},
    });
    await expect(get(ample)).rejects.toBe(outage);
    expect(await get(ample)).toBe('second');
  });

  it('is read again also if it was malformed', async () => {
    const { getWith } = openCache();
    await expect(getWith('malformed')).rejects.toThrow('malformed');
    expect(await getWith('mended')).toBe('MENDED');
  });

  it('is stale after the TTL, and each failed read is reported', async () => {
    const { getWith, clock, stale } = openCache();
    await getWith('first');
    clock.nowMs += TTL_MS;
    expect(await getWith(outage)).toBe('FIRST');
    expect(stale).toEqual([outage]);
  });

  it('is stale for every call that waited for the failed read', async () => {
    const { get, getWith, clock, reads, stale } = openCache();
    await getWith('first');
    clock.nowMs += TTL_MS;
    const waiting = [get(ample), get(ample)];
    reads[1]?.reject(outage);
    expect(await Promise.all(waiting)).toEqual([{ value: 'FIRST' }, { value: 'FIRST' }]);
    expect(stale.length).toBeGreaterThan(0);
  });

  it('is stale if the new one is malformed', async () => {
    const { getWith, clock } = openCache();
    await getWith('first');
    clock.nowMs += TTL_MS;
    expect(await getWith('malformed')).toBe('FIRST');
  });

  it.each([
    ['1 ms before its longest time is over', TTL_MS + STALE_MS - 1, STALE_MS, 'FIRST'],
    ['exactly when its longest time is over', TTL_MS + STALE_MS, STALE_MS, undefined],
    ['where no longer time is given, when its time is over', TTL_MS, 0, undefined],
  ])('is stale or fails: %s', async (_scenario, laterMs, staleMs, expected) => {
    const { getWith, clock } = openCache({ staleMs });
    await getWith('first');
    clock.nowMs += laterMs;
    const asked = getWith(outage);
    if (expected === undefined) await expect(asked).rejects.toBe(outage);
    else expect(await asked).toBe(expected);
  });

  it('delays few calls of an outage: the back-off doubles from 1 second to 60', async () => {
    const { getWith, clock, reads } = openCache();
    await getWith('first');
    clock.nowMs += TTL_MS;
    await getWith(outage);
    for (const pauseSeconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const before = reads.length;
      clock.nowMs += pauseSeconds * 1000 - 1;
      expect(await getWith(outage)).toBe('FIRST');
      expect(reads).toHaveLength(before);
      clock.nowMs += 1;
      expect(await getWith(outage)).toBe('FIRST');
      expect(reads).toHaveLength(before + 1);
    }
  });

  it('is read after the outage, and the next outage starts with a short back-off', async () => {
    const { getWith, clock } = openCache();
    await getWith('first');
    clock.nowMs += TTL_MS;
    await getWith(outage);
    clock.nowMs += 1_000;
    await getWith(outage);
    clock.nowMs += 2_000;
    expect(await getWith('second')).toBe('SECOND');

    clock.nowMs += TTL_MS;
    await getWith(outage);
    clock.nowMs += 1_000;
    expect(await getWith('third')).toBe('THIRD');
  });

  it('is read without back-off once no stale secret is usable', async () => {
    const { getWith, clock, reads } = openCache({ staleMs: 0 });
    await getWith('first');
    clock.nowMs += TTL_MS;
    await expect(getWith(outage)).rejects.toBe(outage);
    await expect(getWith(outage)).rejects.toBe(outage);
    expect(reads).toHaveLength(3);
  });
});

describe('a secret that was rejected', () => {
  /** Calls renew, and settles the read that this starts, if any. */
  async function renewWith(cache: ReturnType<typeof openCache>, answer: string | Error) {
    const refused = await cache.get(ample);
    const before = cache.reads.length;
    const renewing = cache.renew(refused, ample);
    const started = cache.reads[before];
    if (answer instanceof Error) started?.reject(answer);
    else started?.resolve(answer);
    return { refused, ...(await renewing), read: started };
  }

  it('is read again immediately within the TTL, and used from then on', async () => {
    const cache = openCache();
    await cache.getWith('first');
    const { outcome, value, read } = await renewWith(cache, 'second');
    expect([outcome, value]).toEqual(['renewed', { value: 'SECOND' }]);
    expect(read?.timeoutMs).toBe(1_000);
    expect(await cache.get(ample)).toBe(value);
  });

  it.each([
    ['has not changed', 'first', 'unchanged', 0],
    ['cannot be read', outage, 'unreachable', 1],
  ])(
    'is the same as before if it %s, and the outcome says so',
    async (_what, answer, told, warned) => {
      const cache = openCache();
      await cache.getWith('first');
      const { outcome, value, refused } = await renewWith(cache, answer);
      expect(outcome).toBe(told);
      expect(value).toBe(refused);
      expect(cache.stale).toHaveLength(warned);
    },
  );

  it.each([
    ['1 ms before 30 seconds are over', 29_999, 'too-soon'],
    ['after 30 seconds', 30_000, 'renewed'],
  ])('is read again or not %s', async (_scenario, laterMs, told) => {
    const cache = openCache();
    await cache.getWith('first');
    await renewWith(cache, 'first');
    cache.clock.nowMs += laterMs;
    const { outcome, value, refused, read } = await renewWith(cache, 'second');
    expect(outcome).toBe(told);
    expect(read !== undefined).toBe(told === 'renewed');
    expect(value === refused).toBe(told === 'too-soon');
  });

  it('is read again within the remaining time', async () => {
    const cache = openCache();
    await cache.getWith('first');
    const renewing = cache.renew(await cache.get(ample), () => 700);
    cache.reads[1]?.resolve('second');
    expect(await renewing).toEqual({ outcome: 'renewed', value: { value: 'SECOND' } });
    expect(cache.reads[1]?.timeoutMs).toBe(200);
  });

  it('is not read again if another call has renewed it', async () => {
    const cache = openCache();
    await cache.getWith('first');
    const refused = await cache.get(ample);
    await renewWith(cache, 'second');
    expect(await cache.renew(refused, ample)).toEqual({
      outcome: 'renewed',
      value: { value: 'SECOND' },
    });
    expect(cache.reads).toHaveLength(2);
  });

  it('is read once for two calls that are rejected together', async () => {
    const cache = openCache();
    await cache.getWith('first');
    const refused = await cache.get(ample);
    const renewing = [cache.renew(refused, ample), cache.renew(refused, ample)];
    expect(cache.reads).toHaveLength(2);
    cache.reads[1]?.resolve('second');
    const second = { outcome: 'renewed', value: { value: 'SECOND' } };
    expect(await Promise.all(renewing)).toEqual([second, second]);
  });
});

describe('a secret that contradicts stored data', () => {
  const open = async () => {
    const cache = openCache();
    await cache.getWith('first');
    return { ...cache, doubted: await cache.get(ample) };
  };

  it.each([
    ['has changed', 'second', 'renewed'],
    ['has not changed', 'first', 'unchanged'],
    ['cannot be read', outage, 'unreachable'],
  ])('is read again every time, with the outcome: it %s', async (_what, answer, told) => {
    const { confirm, doubted, reads } = await open();
    for (const index of [1, 2, 3]) {
      const confirming = confirm(doubted, ample);
      if (answer instanceof Error) reads[index]?.reject(answer);
      else reads[index]?.resolve(answer);
      const { outcome, value } = await confirming;
      expect(outcome).toBe(told);
      expect(value === doubted).toBe(told !== 'renewed');
    }
    expect(reads).toHaveLength(4);
  });

  it('is not read again if it was read since the given time', async () => {
    const { confirm, doubted, reads, clock } = await open();
    const readAtMs = clock.nowMs;
    clock.nowMs += 10_000;
    expect(await confirm(doubted, ample, readAtMs)).toEqual({
      ...{ outcome: 'unchanged', value: doubted },
    });
    expect(reads).toHaveLength(1);
    const confirming = confirm(doubted, ample, readAtMs + 1);
    reads[1]?.resolve('second');
    expect(await confirming).toEqual({ outcome: 'renewed', value: { value: 'SECOND' } });
    expect(await confirm(doubted, ample, readAtMs + 1)).toEqual({
      ...{ outcome: 'renewed', value: { value: 'SECOND' } },
    });
    expect(reads).toHaveLength(2);
  });

  it('is read once a second at most while reads fail, with a given time', async () => {
    const { confirm, doubted, reads, clock } = await open();
    const confirming = confirm(doubted, ample, clock.nowMs + 1);
    reads[1]?.reject(outage);
    expect((await confirming).outcome).toBe('unreachable');
    clock.nowMs += 999;
    expect((await confirm(doubted, ample, clock.nowMs)).outcome).toBe('unreachable');
    expect(reads).toHaveLength(2);
    clock.nowMs += 1;
    const again = confirm(doubted, ample, clock.nowMs);
    reads[2]?.resolve('first');
    expect((await again).outcome).toBe('unchanged');
  });

  it('is unreachable if there is no time to read it', async () => {
    const { confirm, doubted, reads } = await open();
    expect(await confirm(doubted, () => 500)).toEqual({ outcome: 'unreachable', value: doubted });
    expect(reads).toHaveLength(1);
  });

  it('is read once for all calls before the read starts', async () => {
    const { confirm, doubted, reads } = await open();
    const confirming = [confirm(doubted, ample), confirm(doubted, ample)];
    reads[1]?.resolve('first');
    // The second call arrived during the read of the first.
    await vi.waitFor(() => expect(reads).toHaveLength(3));
    const third = confirm(doubted, ample);
    const fourth = confirm(doubted, ample);
    reads[2]?.resolve('second');
    await vi.waitFor(() => expect(reads).toHaveLength(4));
    reads[3]?.resolve('second');
    const ends = await Promise.all([...confirming, third, fourth]);
    expect(ends.map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'renewed',
      'renewed',
      'renewed',
    ]);
    expect(reads).toHaveLength(4);
  });

  it('is not confirmed by a read that started earlier', async () => {
    const { get, confirm, doubted, reads, clock } = await open();
    clock.nowMs += TTL_MS;
    const earlier = get(ample);
    const confirming = confirm(doubted, ample);
    reads[1]?.resolve('first');
    expect(await earlier).toBe(doubted);
    await vi.waitFor(() => expect(reads).toHaveLength(3));
    reads[2]?.resolve('second');
    expect(await confirming).toEqual({ outcome: 'renewed', value: { value: 'SECOND' } });
  });

  it('does not use up the renewal after a rejection by the platform', async () => {
    const { renew, confirm, doubted, reads } = await open();
    const confirming = confirm(doubted, ample);
    reads[1]?.resolve('first');
    await confirming;
    const renewing = renew(doubted, ample);
    reads[2]?.resolve('second');
    expect(await renewing).toEqual({ outcome: 'renewed', value: { value: 'SECOND' } });
  });

  it('does not use it up during a read either', async () => {
    const { renew, confirm, doubted, reads } = await open();
    const confirming = confirm(doubted, ample);
    const renewing = renew(doubted, ample);
    reads[1]?.resolve('first');
    await confirming;
    await vi.waitFor(() => expect(reads).toHaveLength(3));
    reads[2]?.resolve('second');
    expect(await renewing).toEqual({ outcome: 'renewed', value: { value: 'SECOND' } });
  });
});
