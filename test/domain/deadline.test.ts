import { describe, expect, it, vi } from 'vitest';
import type { SecretCache } from '../../lib/credentials/secret-cache.ts';
import { capTimeoutMs, TimeoutError, withTimeout } from '../../lib/domain/deadline.ts';
import type {
  CreatePlatformSession,
  PlatformSessionRequest,
} from '../../lib/platform/session-api.ts';
import type { PublishResult, ResultEvent } from '../../lib/results/event-bridge.ts';
import type { RoomStore } from '../../lib/rooms/table/room-store.ts';
import type { FindRoomDeps, findRoom } from '../../lib/rooms/use-cases/find-room.ts';
import type { KeyedMutex } from '../../lib/rooms/use-cases/keyed-mutex.ts';
import type { Invocation } from '../../lib/use-cases/invocation.ts';

describe('capTimeoutMs', () => {
  it.each([
    ['the timeout, if the invocation has longer', 2_501, 2_000],
    ['the timeout, if the invocation has exactly enough', 2_500, 2_000],
    ['the remaining time less the reserve, if that is shorter', 2_499, 1_999],
    ['1 ms, if the invocation is about to end', 501, 1],
    ['0, if only the reserve is left', 500, 0],
    ['0, if the invocation is over', -5, 0],
    ['the timeout, if the invocation has no limit', Number.POSITIVE_INFINITY, 2_000],
  ])('returns %s', (_scenario, leftMs, expectedMs) => {
    expect(capTimeoutMs(() => leftMs, 2_000)).toBe(expectedMs);
  });
});

describe('withTimeout', () => {
  const never = new Promise<never>(() => {});

  it('returns the result and clears its timer', async () => {
    vi.useFakeTimers();
    try {
      expect(await withTimeout(1_000, async () => 'done')).toBe('done');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('throws the error of the operation', async () => {
    const failure = new Error('refused');
    await expect(withTimeout(1_000, () => Promise.reject(failure))).rejects.toBe(failure);
  });

  it('throws TimeoutError while the operation continues', async () => {
    vi.useFakeTimers();
    try {
      let ended: unknown;
      const waiting = withTimeout(1_000, () => never).catch((error: unknown) => {
        ended = error;
      });
      await vi.advanceTimersByTimeAsync(999);
      expect(ended).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      await waiting;
      expect(ended).toBeInstanceOf(TimeoutError);
      expect(ended).toMatchObject({ name: 'TimeoutError', message: 'timed out after 1000 ms' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('throws the operation’s own error if both time out together', async () => {
    const work = () => withTimeout(5, () => never).catch(() => Promise.reject(new Error('inner')));
    await expect(withTimeout(5, work)).rejects.toThrow('inner');
  });

  it.each([0, -5])('does not start the operation with %i ms left', async (timeoutMs) => {
    const begin = vi.fn(async () => 'done');
    await expect(withTimeout(timeoutMs, begin)).rejects.toThrow('no time left to start');
    expect(begin).not.toHaveBeenCalled();
  });
});

describe('functions that wait', () => {
  /** Compiled, never run. A number is an error as well: it would be outdated after the next wait. */
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
    withTimeout(() => never);
  };
  const never = new Promise<never>(() => {});

  it('do not compile without the remaining time', () => {
    expect(_forgotten).toBeTypeOf('function');
  });
});
