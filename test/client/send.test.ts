/** What holds for every call: retries, deadline, abort. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connection, createClient } from '../../client/index.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { fakeServer, httpDate } from './fake-server.ts';
import { serveApi } from './serve-api.ts';

const serve = closedAfterEach(serveApi);
const url = 'https://video.example.com';

describe('an answer that asks to come back', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 25) });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  const start = (headers: Record<string, string>, status = 503, options: object = {}) => {
    const server = fakeServer((index) => (index === 0 ? { status, headers } : {}));
    const call = createClient({ url, fetch: server.fetch, ...options }).createSession();
    call.catch(() => {});
    return { ...server, call };
  };

  it.each([
    [503, { 'retry-after': '3' }, 3_000],
    [429, { 'retry-after': '3' }, 3_000],
    [503, { 'retry-after': '10' }, 10_000],
    // The server's clock is an hour ahead.
    [
      503,
      {
        date: httpDate(Date.UTC(2026, 10, 25, 1)),
        'retry-after': httpDate(Date.UTC(2026, 10, 25, 1, 0, 4)),
      },
      4_000,
    ],
    [503, { 'retry-after': httpDate(Date.UTC(2026, 10, 25, 0, 0, 5)) }, 5_000],
  ])('is followed to the millisecond: %i %o', async (status, headers, waitMs) => {
    const { fetch, call } = start(headers, status);
    await vi.advanceTimersByTimeAsync(waitMs - 1);
    expect(fetch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(fetch).toHaveBeenCalledTimes(2);
    await expect(call).resolves.toEqual({});
  });

  it.each([
    ['in the past', httpDate(0), 0],
    ['at once', '0', 0],
  ])('%s is followed at once', async (_, retryAfter, waitMs) => {
    const { fetch } = start({ 'retry-after': retryAfter });
    await vi.advanceTimersByTimeAsync(waitMs);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it.each([
    [0, 1_000],
    [0.999, 1_999],
  ])('without saying when is followed after 1 to 2 seconds (chance %d)', async (chance, waitMs) => {
    vi.spyOn(Math, 'random').mockReturnValue(chance);
    const { fetch } = start({ 'retry-after': 'soon' }, 429);
    await vi.advanceTimersByTimeAsync(waitMs - 1);
    expect(fetch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it.each<[why: string, status: number, retryAfter: string, options: object]>([
    ['over 10 seconds', 503, '11', {}],
    ['over the limit that was given', 503, '3', { maxRetryAfterSeconds: 2 }],
    ['past the deadline', 503, '5', { timeoutMs: 5_000 }],
    ['of another status', 502, '1', {}],
    ['when nothing is to be tried again', 503, '1', { maxRetries: 0 }],
  ])('%s is left to the caller', async (_why, status, retryAfter, options) => {
    const { fetch, call } = start({ 'retry-after': retryAfter }, status, options);
    await expect(call).rejects.toMatchObject({ status, retryAfterSeconds: Number(retryAfter) });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('is followed twice and no more', async () => {
    const { fetch } = fakeServer(() => ({ status: 503, headers: { 'retry-after': '1' } }));
    const call = createClient({ url, fetch }).createSession();
    call.catch(() => {});
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(call).rejects.toMatchObject({ status: 503, retryAfterSeconds: 1 });
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('is not waited for by a call that was given up, and no timer is left', async () => {
    const controller = new AbortController();
    const { fetch } = fakeServer(() => ({ status: 503, headers: { 'retry-after': '9' } }));
    const { signal } = controller;
    const call = createClient({ url, fetch }).createSession({}, { signal });
    call.catch(() => {});
    await vi.advanceTimersByTimeAsync(1_000);
    controller.abort(new Error('changed my mind'));
    await expect(call).rejects.toThrow('changed my mind');
    expect(vi.getTimerCount()).toBe(0);
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

describe('a signal', () => {
  it('that is aborted already keeps the call from being made', async () => {
    const { fetch } = fakeServer(() => ({}));
    const headers = vi.fn();
    const signal = AbortSignal.abort();
    const call = createClient({ url, fetch, headers }).createSession({}, { signal });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect([fetch, headers].flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  it.each<[where: string, Partial<Connection>]>([
    ['the headers', { headers: () => new Promise(() => {}) }],
    ['a fetch that knows no signal', { fetch: () => new Promise(() => {}) }],
  ])('ends the wait for %s', async (_, options) => {
    const controller = new AbortController();
    const { fetch } = fakeServer(() => ({}));
    const client = createClient({ url, fetch, ...options });
    const call = client.createSession({}, { signal: controller.signal });
    controller.abort(new Error('changed my mind'));
    await expect(call).rejects.toThrow('changed my mind');
  });

  it.each([{ kind: 'hang' }, { kind: 'stall' }] as const)(
    'ends the wait for a server that is told to $kind, and so does the deadline',
    async (fault) => {
      const api = await serve();
      api.fail(fault, { times: 2 });
      const controller = new AbortController();
      const call = createClient(api).createSession({}, { signal: controller.signal });
      call.catch(() => {});
      await api.received(1);
      controller.abort(new Error('changed my mind'));
      await expect(call).rejects.toThrow('changed my mind');

      const hurried = createClient({ ...api, timeoutMs: 50 }).createSession();
      await expect(hurried).rejects.toMatchObject({ name: 'TimeoutError' });
    },
  );
});

it('a network that fails is told as fetch tells it', async () => {
  const api = await serve();
  api.fail({ kind: 'reset' });
  await expect(createClient(api).createSession()).rejects.toThrow(TypeError);
});
