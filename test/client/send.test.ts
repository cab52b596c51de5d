/** Every call: headers, redirects, caching, retries, timeout, abort. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Client,
  type Connection,
  createClient,
  createTokenSource,
} from '../../client/index.ts';
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
    'ends the wait for a server with the fault $kind, and so does the deadline',
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

describe('a request', () => {
  const sendWith = async (headers: Connection['headers'], options: object = {}) => {
    const { fetch } = fakeServer(() => ({}));
    const client = createClient({ url, fetch, ...(headers && { headers }) });
    await client.putRoom('standup', {}, options);
    return fetch.mock.calls[0]?.[1] ?? expect.fail('nothing was sent');
  };
  const json = { 'content-type': 'application/json' };

  it.each<[string, Connection['headers'], object]>([
    ['none', undefined, json],
    ['a record', { Authorization: 'x' }, { ...json, authorization: 'x' }],
    ['pairs', [['Authorization', 'x']], { ...json, authorization: 'x' }],
    ['a Headers', new Headers({ Authorization: 'x' }), { ...json, authorization: 'x' }],
    ['an empty Headers', new Headers(), json],
    ['a function', () => new Headers({ a: 'b' }), { ...json, a: 'b' }],
    ['a promise', async () => [['a', 'b']], { ...json, a: 'b' }],
    ['a name in capitals', { 'Content-Type': 'application/json' }, json],
    ['another type', new Headers([['CONTENT-TYPE', 'text/x']]), { 'content-type': 'text/x' }],
    [
      'a name twice',
      [
        ['a', 'b'],
        ['A', 'c'],
      ],
      { ...json, a: 'b, c' },
    ],
    ['a name that objects have', [['constructor', 'x']], { ...json, constructor: 'x' }],
  ])('has the headers of its caller, whatever their form: %s', async (_, headers, expected) => {
    expect((await sendWith(headers)).headers).toEqual(expected);
  });

  it('has the entity tag of the call, not that of a header', async () => {
    const { headers } = await sendWith({ 'If-Match': '"old"' }, { ifMatch: '"new"' });
    expect(headers['if-match']).toBe('"new"');
  });

  it('is never cached and follows no redirect', async () => {
    expect(await sendWith({})).toMatchObject({ cache: 'no-store', redirect: 'manual' });
  });
});

describe('a redirect', () => {
  const message = 'The URL redirects; use its target.';
  const name = 'UnexpectedResponseError';

  it.each([301, 302, 303, 307, 308])(
    '%i is an error, and the secret stays here',
    async (status) => {
      const [api, target] = [await serve(), await serve()];
      api.fail({ kind: 'answer', status, headers: { location: `${target.url}/invites/tokens` } });
      const source = createTokenSource({ url: api.url, invite: 'secret' });
      await expect(source.fetch()).rejects.toMatchObject({ name, status, message });
      expect([api.counts.requests, target.counts.requests]).toEqual([1, 0]);
    },
  );

  it.each<[string, object]>([
    ['hidden by a browser', { type: 'opaqueredirect', status: 0, ok: false }],
    ['followed by a fetch that ignores `redirect`', { redirected: true, status: 201, ok: true }],
  ])('%s is an error', async (_, changed) => {
    const fetch = vi.fn(async () => {
      const response = new Response('{}', { status: 200 });
      const properties = Object.entries(changed).map(([key, value]) => [key, { value }] as const);
      return Object.defineProperties(response, Object.fromEntries(properties));
    });
    const call = createClient({ url, fetch }).readRoom('standup');
    await expect(call).rejects.toMatchObject({ name, message });
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

describe('a failure of the network', () => {
  const fail = (times: number) => {
    const server = fakeServer(() => ({}));
    const failure = new TypeError('fetch failed');
    for (let time = 0; time < times; time += 1) server.fetch.mockRejectedValueOnce(failure);
    return server;
  };
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['readRoom()', (client) => client.readRoom('r')],
    ['listKnocks()', (client) => client.listKnocks('r')],
    ['joinRoom()', (client) => client.joinRoom('r')],
    ['issueToken()', (client) => client.issueToken('s')],
  ])('is retried for %s, twice', async (_, call) => {
    const [twice, thrice] = [fail(2), fail(3)];
    const outcomes = Promise.allSettled([
      call(createClient({ url, fetch: twice.fetch })),
      call(createClient({ url, fetch: thrice.fetch })),
    ]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(thrice.fetch).toHaveBeenCalledTimes(3);
  });

  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['createSession()', (client) => client.createSession()],
    ['createInvite()', (client) => client.createInvite('r')],
    ['putRoom()', (client) => client.putRoom('r')],
    ['putRoom() of a room called tokens', (client) => client.putRoom('tokens')],
    ['closeRoom()', (client) => client.closeRoom('r')],
    ['decideKnock()', (client) => client.decideKnock('r', 'k', { decision: 'admit' })],
  ])('is not retried for %s, which may have had its effect', async (_, call) => {
    const { fetch } = fail(1);
    await expect(call(createClient({ url, fetch }))).rejects.toThrow('fetch failed');
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('is not what headers() throws', async () => {
    const headers = vi.fn(() => Promise.reject(new Error('signed out')));
    const { fetch } = fail(0);
    const call = createClient({ url, fetch, headers }).readRoom('r');
    await expect(call).rejects.toThrow('signed out');
    expect(headers).toHaveBeenCalledTimes(1);
  });
});

it('the error of fetch arrives as it is', async () => {
  const api = await serve();
  api.fail({ kind: 'reset' });
  await expect(createClient(api).createSession()).rejects.toThrow(TypeError);
});

it.each([Number.POSITIVE_INFINITY, 2 ** 31, 1e12])('timeoutMs may be %d', async (timeoutMs) => {
  const { fetch } = fakeServer(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return {};
  });
  await expect(createClient({ url, fetch, timeoutMs }).createSession()).resolves.toEqual({});
});

it('no request is sent for a call that ended while its headers were awaited', async () => {
  const { fetch } = fakeServer(() => ({}));
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Record<string, string>>();
  const client = createClient({ url, fetch, headers: () => promise });
  const call = client.createSession({}, { signal: controller.signal });
  controller.abort(new Error('changed my mind'));
  await expect(call).rejects.toThrow('changed my mind');
  resolve({});
  await new Promise((done) => setImmediate(done));
  expect(fetch).not.toHaveBeenCalled();
});
