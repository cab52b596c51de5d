import { describe, expect, it, vi } from 'vitest';
import type { SecretCache } from '../../lib/credentials/secret-cache.ts';
import { OutOfTime, timeToWaitMs, within } from '../../lib/domain/deadline.ts';
import type {
  CreatePlatformSession,
  PlatformSessionRequest,
} from '../../lib/platform/session-api.ts';
import type { PublishResult, ResultEvent } from '../../lib/results/result-event.ts';
import type { RoomStore } from '../../lib/rooms/table/room-store.ts';
import type { FindRoomDeps, findRoom } from '../../lib/rooms/use-cases/find-room.ts';
import type { KeyedMutex } from '../../lib/rooms/use-cases/keyed-mutex.ts';
import type { Invocation } from '../../lib/use-cases/invocation.ts';

describe('the time for one wait', () => {
  it.each([
    ['all of its patience, when the invocation has longer', 2_501, 2_000],
    ['all of its patience, when the invocation has just that', 2_500, 2_000],
    ['half a second less than the invocation has', 2_499, 1_999],
    ['a moment, when the invocation ends', 501, 1],
    ['none, when just enough is left to answer', 500, 0],
    ['none, when the invocation is over', -5, 0],
    ['all of its patience, where nothing bounds the invocation', Number.POSITIVE_INFINITY, 2_000],
  ])('is %s', (_scenario, leftMs, expectedMs) => {
    expect(timeToWaitMs(() => leftMs, 2_000)).toBe(expectedMs);
  });
});

describe('a wait', () => {
  const never = new Promise<never>(() => {});

  it('ends with the work, and leaves no timer behind', async () => {
    vi.useFakeTimers();
    try {
      expect(await within(1_000, async () => 'done')).toBe('done');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('fails as the work fails', async () => {
    const failure = new Error('refused');
    await expect(within(1_000, () => Promise.reject(failure))).rejects.toBe(failure);
  });

  it('is over in time though the work goes on', async () => {
    vi.useFakeTimers();
    try {
      let ended: unknown;
      const waiting = within(1_000, () => never).catch((error: unknown) => {
        ended = error;
      });
      await vi.advanceTimersByTimeAsync(999);
      expect(ended).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      await waiting;
      expect(ended).toBeInstanceOf(OutOfTime);
      expect(ended).toMatchObject({ name: 'OutOfTime', message: 'not done within 1000 ms' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('says what the work says that gives up at the same moment', async () => {
    const work = () => within(5, () => never).catch(() => Promise.reject(new Error('inner')));
    await expect(within(5, work)).rejects.toThrow('inner');
  });

  it.each([0, -5])('is not begun with %i ms left', async (timeoutMs) => {
    const begin = vi.fn(async () => 'done');
    await expect(within(timeoutMs, begin)).rejects.toThrow('no time was left to begin');
    expect(begin).not.toHaveBeenCalled();
  });
});

describe('whatever waits', () => {
  /** Compiled, never run. A number is refused as well: after the next wait it would be out of date. */
  const _forgotten = (
    secret: SecretCache<string>,
    store: RoomStore,
    publish: PublishResult,
    event: ResultEvent,
    createSession: CreatePlatformSession,
    { remainingMs, ...request }: PlatformSessionRequest,
    keyedMutex: KeyedMutex,
    find: typeof findRoom,
    deps: FindRoomDeps,
    { remainingMs: _, ...invocation }: Invocation,
  ) => {
    const room = {} as Parameters<RoomStore['put']>[0];
    // @ts-expect-error
    secret.get();
    // @ts-expect-error
    secret.get(remainingMs());
    // @ts-expect-error
    secret.renew('refused');
    // @ts-expect-error
    store.get('standup');
    // @ts-expect-error
    store.put(room, undefined);
    // @ts-expect-error
    store.remove('standup');
    // @ts-expect-error
    publish(event);
    // @ts-expect-error
    createSession(request);
    // @ts-expect-error
    keyedMutex('standup', async () => {});
    // @ts-expect-error
    find(deps, 'standup', invocation);
    // @ts-expect-error
    within(() => never);
  };
  const never = new Promise<never>(() => {});

  it('does not compile without the time that is left', () => {
    expect(_forgotten).toBeTypeOf('function');
  });
});
