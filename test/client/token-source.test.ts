/** How long a token is kept and who shares it; no network, clocks that are set by hand. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createTokenSource,
  type FetchTokenOptions,
  type Role,
  type TokenSourceOptions,
} from '../../client/index.ts';
import { type FakeAnswer, fakeServer, httpDate } from './fake-server.ts';

const NOW = Date.UTC(2026, 10, 25);
const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

interface ServerOptions {
  /** How far the server's clock is ahead of this machine's. Default 0. */
  readonly aheadMs?: number;
  /** Whether the answer tells `Date`. Default true. */
  readonly tellsDate?: boolean;
  /** How long tokens live. Default an hour. */
  readonly lifeMs?: number;
  readonly alter?: (body: Record<string, unknown>) => unknown;
}

function start(
  { aheadMs = 0, tellsDate = true, lifeMs = HOUR, alter = (body) => body }: ServerOptions = {},
  options: Partial<TokenSourceOptions> = {},
) {
  let serverMs = NOW + aheadMs;
  const startedMs = performance.now();
  const clockMs = () => serverMs + performance.now() - startedMs;
  const server = fakeServer((index): FakeAnswer => {
    const expireTime = Math.floor((clockMs() + lifeMs) / 1000);
    return {
      headers: tellsDate ? { date: httpDate(clockMs()) } : {},
      body: alter({ token: `token ${index}`, expireTime }),
    };
  });
  const source = createTokenSource({
    url: 'https://video.example.com',
    room: 'standup',
    fetch: server.fetch,
    ...options,
  } as TokenSourceOptions);
  return {
    ...server,
    source,
    fetchToken: async (fetchOptions?: FetchTokenOptions) =>
      (await source.fetch(fetchOptions)).token,
    /** As a laptop does: the world goes on, the monotonic clock may not. */
    sleep: (ms: number) => {
      serverMs += ms;
      vi.setSystemTime(Date.now() + ms);
    },
  };
}

describe('a token', () => {
  it('is kept until 60 seconds before it expires, and renewed when it is needed then', async () => {
    const { fetchToken, fetch } = start();
    expect(await fetchToken()).toBe('token 0');
    vi.advanceTimersByTime(HOUR - 60_001);
    expect(await fetchToken()).toBe('token 0');
    vi.advanceTimersByTime(1);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(await fetchToken()).toBe('token 1');
  });

  it('that was fetched ahead and is stale when it is used is not handed out', async () => {
    const { fetchToken } = start();
    await fetchToken();
    vi.advanceTimersByTime(24 * HOUR);
    expect(await fetchToken()).toBe('token 1');
  });

  it.each([-10, 10])(
    'is kept as long on a machine with a clock that is %i minutes off',
    async (minutes) => {
      const { fetchToken } = start({ aheadMs: minutes * 60_000 });
      await fetchToken();
      vi.advanceTimersByTime(HOUR - 60_001);
      expect(await fetchToken()).toBe('token 0');
      vi.advanceTimersByTime(1);
      expect(await fetchToken()).toBe('token 1');
    },
  );

  it.each([-10, 10])(
    'is not used for longer when the clock is set %i minutes while it is kept',
    async (minutes) => {
      const { fetchToken } = start();
      await fetchToken();
      vi.setSystemTime(Date.now() + minutes * 60_000);
      vi.advanceTimersByTime(HOUR - 60_000);
      expect(await fetchToken()).toBe('token 1');
    },
  );

  it('grows old while the machine sleeps', async () => {
    const { fetchToken, sleep } = start();
    await fetchToken();
    sleep(HOUR);
    expect(await fetchToken()).toBe('token 1');
  });

  it('ages from the request, not from a slow response', async () => {
    const { fetchToken, fetch } = start();
    const { promise: arrival, resolve: arrive } = Promise.withResolvers<void>();
    const answer = fetch.getMockImplementation();
    fetch.mockImplementationOnce(async (...request) => {
      const early = await answer?.(...request);
      await arrival;
      return early as Response;
    });
    const first = fetchToken();
    await vi.advanceTimersByTimeAsync(5_000);
    arrive();
    expect(await first).toBe('token 0');
    vi.advanceTimersByTime(HOUR - 65_000);
    expect(await fetchToken()).toBe('token 1');
  });

  it('is judged by the clock of this machine when the server does not tell its own', async () => {
    const { fetchToken } = start({ tellsDate: false });
    await fetchToken();
    vi.advanceTimersByTime(HOUR - 60_001);
    expect(await fetchToken()).toBe('token 0');
    vi.advanceTimersByTime(1);
    expect(await fetchToken()).toBe('token 1');
  });

  it('that lives for a minute or less is handed out and not kept', async () => {
    const { fetchToken } = start({ lifeMs: 60_000 });
    expect([await fetchToken(), await fetchToken()]).toEqual(['token 0', 'token 1']);
  });

  it.each([
    ['a JWT without nbf', toJwt({ iat: NOW / 1000, exp: (NOW + HOUR) / 1000 })],
    ['a JWT without exp', toJwt({})],
    ['a T1 token, which is not a JWT', `T1==${btoa('partner_id=123456&sig=0:role=publisher')}`],
    ['text that is not a token', '?'],
  ])('ends with expireTime, whatever it is: %s', async (_, token) => {
    const { fetchToken, fetch } = start({ alter: (body) => ({ ...body, token }) });
    await fetchToken();
    vi.advanceTimersByTime(HOUR - 60_001);
    expect([await fetchToken(), fetch.mock.calls.length]).toEqual([token, 1]);
    vi.advanceTimersByTime(1);
    expect([await fetchToken(), fetch.mock.calls.length]).toEqual([token, 2]);
  });

  it.each([undefined, null, 'soon', Number.NaN])(
    'with the expireTime %s is not kept forever',
    async (expireTime) => {
      const { fetchToken } = start({ alter: (body) => ({ ...body, expireTime }) });
      expect([await fetchToken(), await fetchToken()]).toEqual(['token 0', 'token 1']);
    },
  );
});

describe('the request', () => {
  it('has the form of the room route', async () => {
    const { source, bodies, fetch } = start(
      {},
      {
        role: 'moderator',
        data: 'name=Ada',
        initialLayoutClassList: ['focus'],
        tokenType: 'T1',
        session: { mediaMode: 'routed' },
      },
    );
    await source.fetch();
    expect(fetch.mock.calls[0]?.[0]).toBe('https://video.example.com/rooms/standup/tokens');
    expect(bodies()).toEqual([
      {
        role: 'moderator',
        data: 'name=Ada',
        initialLayoutClassList: ['focus'],
        tokenType: 'T1',
        session: { mediaMode: 'routed' },
      },
    ]);
  });

  it('can be a session in place of a room', async () => {
    const { source, bodies, fetch } = start({}, { room: undefined, sessionId: '1_MX4x' } as object);
    await source.fetch();
    expect(fetch.mock.calls[0]?.[0]).toBe('https://video.example.com/sessions/1_MX4x/tokens');
    expect(bodies()).toEqual([{}]);
  });

  it('must be one of them', () => {
    const url = 'https://video.example.com';
    expect(() => createTokenSource({ url } as TokenSourceOptions)).toThrow(
      'A room, session or invite is missing.',
    );
  });

  it.each<[what: string, change: FetchTokenOptions]>([
    ['role', { role: 'moderator' }],
    ['data', { data: 'name=Bob' }],
    ['data that is empty', { data: '' }],
  ])('is not answered from what was kept for another %s', async (_what, change) => {
    const { fetchToken, bodies } = start({}, { role: 'publisher', data: 'name=Ada' });
    expect(await fetchToken()).toBe('token 0');
    expect(await fetchToken(change)).toBe('token 1');
    expect(await fetchToken(change)).toBe('token 1');
    expect(await fetchToken()).toBe('token 2');
    expect(bodies()[1]).toEqual({ role: 'publisher', data: 'name=Ada', ...change });
  });

  it('may be changed in the options that were handed over', async () => {
    const { fetch } = fakeServer((index) => ({
      body: { token: `token ${index}`, expireTime: (NOW + HOUR) / 1000 },
    }));
    const options = { url: '', room: 'standup', role: 'publisher' as Role, fetch };
    const source = createTokenSource(options);
    await source.fetch();
    options.role = 'moderator';
    expect(await source.fetch()).toHaveProperty('token', 'token 1');
  });

  it('is requested again with force, and the new token is kept', async () => {
    const { fetchToken } = start();
    await fetchToken();
    expect(await fetchToken({ force: true })).toBe('token 1');
    expect(await fetchToken()).toBe('token 1');
  });
});

describe('many who ask at once', () => {
  it('share one request and its answer', async () => {
    const { fetchToken, fetch } = start();
    const asked = [fetchToken(), fetchToken({ force: true }), fetchToken()];
    expect(await Promise.all(asked)).toEqual(['token 0', 'token 0', 'token 0']);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('for different things share one request for each', async () => {
    const { fetchToken, fetch } = start();
    const roles = ['publisher', 'subscriber', 'publisher', 'subscriber'] as const;
    const tokens = await Promise.all(roles.map((role) => fetchToken({ role })));
    expect(tokens).toEqual(['token 0', 'token 1', 'token 0', 'token 1']);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('share a failure, which is not kept', async () => {
    const { fetchToken, fetch } = start();
    fetch.mockResolvedValueOnce(new Response('{}', { status: 500 }));
    const outcomes = await Promise.allSettled([fetchToken(), fetchToken()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await fetchToken()).toBe('token 0');
  });

  it('go on waiting when one of them gives up', async () => {
    const { fetchToken } = start();
    const controller = new AbortController();
    const impatient = fetchToken({ signal: controller.signal });
    const patient = fetchToken();
    controller.abort(new Error('changed my mind'));
    await expect(impatient).rejects.toThrow('changed my mind');
    expect(await patient).toBe('token 0');
  });

  it('end the request when all of them give up, and the next to ask makes a new one', async () => {
    const { fetchToken, fetch } = start();
    const signals: AbortSignal[] = [];
    fetch.mockImplementationOnce((_url, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const controllers = [new AbortController(), new AbortController()];
    const asked = controllers.map(({ signal }) => fetchToken({ signal }));
    const outcomes = Promise.allSettled(asked);
    await Promise.resolve();
    controllers[0]?.abort();
    await expect(asked[0]).rejects.toMatchObject({ name: 'AbortError' });
    expect(signals[0]?.aborted).toBe(false);
    controllers[1]?.abort();
    await outcomes;
    expect(signals[0]?.aborted).toBe(true);
    expect(await fetchToken()).toBe('token 0');
  });

  it('send no request for a signal that is aborted already', async () => {
    const { fetchToken, fetch } = start();
    const asked = fetchToken({ signal: AbortSignal.abort() });
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(fetch).not.toHaveBeenCalled();
  });
});

function toJwt(claims: object): string {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims];
  return [...parts.map((part) => btoa(JSON.stringify(part))), 'sig'].join('.');
}
