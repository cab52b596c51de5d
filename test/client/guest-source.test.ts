/** The secrets that a token source sends for a guest, and those that it keeps. No network. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTokenSource, type TokenSourceOptions } from '../../client/index.ts';
import { readGuestSecret } from '../../lib/rooms/domain/invite-secret.ts';
import { type FakeAnswer, fakeServer, httpDate } from './fake-server.ts';

type GuestOptions = { invite?: string; guest?: string; name?: string; knock?: string };

const SECRET = 's'.repeat(43);
/** Of a room with dots in its name. */
const INVITE = `team.standup.${'i'.repeat(16)}.${SECRET}`;
const OTHER_INVITE = `other.${'j'.repeat(16)}.${SECRET}`;

/** A server that admits the guest of every `knock` and `guest`. */
function start(given: GuestOptions, answers: readonly FakeAnswer[] = []) {
  const kept: string[] = [];
  const server = fakeServer((index, { body }) => {
    if (answers[index]) return answers[index];
    const { knock, guest = knock } = JSON.parse(body ?? '{}');
    const expireTime = Math.floor(Date.now() / 1000) + 3600;
    return {
      headers: { date: httpDate(Date.now()) },
      body: { token: `token ${index}`, expireTime, room: 'standup', guest },
    };
  });
  const options = {
    url: 'https://video.example.com',
    fetch: server.fetch,
    onKnock: (knock: string) => void kept.push(knock),
    ...given,
  };
  const source = createTokenSource(options as TokenSourceOptions);
  const knocks = () => server.bodies().map((body) => (body as GuestOptions).knock);
  return { ...server, options, source, kept, knocks };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the secret of a guest', () => {
  it('is made and handed to onKnock before the first request, which sends it', async () => {
    const { source, fetch, kept, bodies } = start({ invite: INVITE, name: 'Ada' });
    fetch.mockImplementationOnce(async () => {
      expect(kept).toHaveLength(1);
      return new Response('{}', { status: 400 });
    });
    await expect(source.fetch({ role: 'subscriber', data: 'seat 7' })).rejects.toThrow();
    expect(fetch.mock.calls[0]?.[0]).toBe('https://video.example.com/invites/tokens');
    expect(bodies()).toEqual([
      { invite: INVITE, name: 'Ada', role: 'subscriber', data: 'seat 7', knock: kept[0] },
    ]);
  });

  it('has the form that the server reads, for the room and the invite', async () => {
    const { source, kept } = start({ invite: INVITE });
    await source.fetch();
    expect(readGuestSecret(String(kept[0]))).toEqual({
      room: 'team.standup',
      inviteId: 'i'.repeat(16),
      secret: expect.stringMatching(/^[\w-]{43}$/),
    });
    const secret = String(kept[0]?.split('.').at(-1));
    expect(Buffer.from(secret, 'base64url').toString('base64url')).toBe(secret);
  });

  it('is another one for each source', async () => {
    const sources = Array.from({ length: 100 }, () => start({ invite: INVITE }));
    for (const { source } of sources) await source.fetch();
    expect(new Set(sources.flatMap(({ kept }) => kept)).size).toBe(100);
  });

  it('is never made without cryptographic randomness', async () => {
    vi.stubGlobal('crypto', undefined);
    const random = vi.spyOn(Math, 'random');
    const { source, fetch } = start({ invite: INVITE });
    await expect(source.fetch()).rejects.toThrow('Import react-native-get-random-values');
    vi.stubGlobal('crypto', {});
    await expect(source.fetch()).rejects.toThrow('crypto.getRandomValues is missing');
    expect([random.mock.calls, fetch.mock.calls]).toEqual([[], []]);
  });

  it.each<[string, GuestOptions]>([
    ['a knock kept over a reload', { invite: INVITE, knock: 'kept' }],
    ['a guest secret kept over a reload', { guest: 'kept' }],
    ['a guest secret and an invite', { invite: INVITE, guest: 'kept' }],
  ])('is not made for %s', async (_, given) => {
    vi.stubGlobal('crypto', undefined);
    const { source, bodies, kept } = start(given);
    await source.fetch();
    expect([bodies(), kept]).toEqual([[given], []]);
  });

  it.each<[string, FakeAnswer | Error]>([
    ['the network fails', new TypeError('fetch failed')],
    ['the server answers 503', { status: 503, headers: { 'retry-after': '1' } }],
    ['the server answers 429', { status: 429, headers: { 'retry-after': '1' } }],
  ])('is the same in the retry when %s', async (_, failure) => {
    const failing = failure instanceof Error ? [] : [failure, failure];
    const { source, fetch, bodies } = start({ invite: INVITE }, failing);
    if (failure instanceof Error)
      fetch.mockRejectedValueOnce(failure).mockRejectedValueOnce(failure);
    const fetching = source.fetch();
    await vi.advanceTimersByTimeAsync(7_000);
    await fetching;
    const [first] = bodies();
    expect(first).toHaveProperty('knock');
    expect(bodies()).toEqual([first, first, first]);
  });

  it('is the same in the next call after one that failed', async () => {
    const { source, knocks } = start({ invite: INVITE }, [{ status: 500 }]);
    await expect(source.fetch()).rejects.toThrow();
    await source.fetch();
    expect(new Set(knocks()).size).toBe(1);
  });

  it('is the same for concurrent requests', async () => {
    const { source, knocks } = start({ invite: INVITE });
    const roles = ['publisher', 'subscriber', 'publisher'] as const;
    const tokens = await Promise.all(roles.map((role) => source.fetch({ role })));
    expect(knocks()).toHaveLength(2);
    expect(new Set([...knocks(), ...tokens.map(({ guest }) => guest)]).size).toBe(1);
  });

  it('is the same while the guest waits, and when the token is renewed', async () => {
    const { source, fetch, bodies, knocks, kept } = start({ invite: INVITE });
    // The server returns the secret that it received.
    fetch.mockImplementationOnce(async (_url, { body = '{}' }) => {
      const waiting = { status: 'waiting', knock: JSON.parse(body).knock, pollAfterSeconds: 1 };
      return new Response(JSON.stringify(waiting), { status: 202 });
    });
    const fetching = source.fetch();
    await vi.advanceTimersByTimeAsync(1_000);
    await fetching;
    await source.fetch({ force: true });
    expect(new Set(knocks()).size).toBe(1);
    expect(kept).toHaveLength(1);
    expect(bodies()[2]).toMatchObject({ guest: kept[0] });
  });
});

describe('a guest', () => {
  it('is the same one in every request that follows', async () => {
    const { source, bodies, kept } = start({ invite: INVITE });
    const { guest } = await source.fetch();
    expect(guest).toBe(kept[0]);
    expect(await source.fetch()).toHaveProperty('token', 'token 0');
    await source.fetch({ force: true });
    await source.fetch({ role: 'subscriber' });
    const known = { invite: INVITE, knock: guest, guest };
    expect(bodies()).toEqual([
      { invite: INVITE, knock: guest },
      known,
      { ...known, role: 'subscriber' },
    ]);
  });

  it('returns after a reload by the guest secret alone', async () => {
    const { source, fetch, bodies } = start({ guest: 'guest 7' });
    expect(await source.fetch()).toHaveProperty('guest', 'guest 7');
    await source.fetch({ force: true });
    expect(fetch.mock.calls[0]?.[0]).toBe('https://video.example.com/invites/tokens');
    expect(bodies()).toEqual([{ guest: 'guest 7' }, { guest: 'guest 7' }]);
  });

  it('sends no request after giving up', async () => {
    const { source, fetch } = start({ invite: INVITE });
    const signal = AbortSignal.abort();
    await expect(source.fetch({ signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(fetch).not.toHaveBeenCalled();
  });

  it.each<[string, GuestOptions]>([
    ['another invite', { invite: OTHER_INVITE }],
    ['another guest', { guest: 'guest 9' }],
  ])('of %s gets neither the token nor the secrets of the one before', async (_, other) => {
    const { source, options, bodies, kept } = start({ invite: INVITE });
    await source.fetch();
    Object.assign(options, { invite: undefined, ...other });
    expect(await source.fetch()).toHaveProperty('token', 'token 1');
    expect(bodies()[1]).toEqual({ ...other, ...(other.invite && { knock: kept[1] }) });
    expect(kept[1]).not.toBe(kept[0]);
    Object.assign(options, { invite: INVITE, guest: undefined });
    await source.fetch();
    expect(bodies()[2]).toEqual({ invite: INVITE, knock: kept[0], guest: kept[0] });
  });

  it.each([
    ['a dot', `${INVITE}.`],
    ['a space', `${INVITE} `],
    ['a line break', `${INVITE}\r\n`],
    ['several of them', ` ${INVITE}. \u00a0\n`],
    ['a bracket', `<${INVITE}>`],
    ['a percent-encoded space', `${INVITE}%20`],
    ['a link around it', `https://example.com/join?a=b#invite=${INVITE}&c=d`],
  ])('joins by an invite with %s', async (_, invite) => {
    const { source, bodies } = start({ invite });
    await source.fetch();
    expect(bodies()[0]).toMatchObject({ invite: INVITE });
  });

  it('sends an invite of another form as it is, for the server to reject', async () => {
    const { source, bodies } = start({ invite: 'a.b.c' });
    await source.fetch();
    expect(bodies()[0]).toMatchObject({
      invite: 'a.b.c',
      knock: expect.stringMatching(/^a\.b\.[\w-]{43}$/),
    });
  });
});

it('createTokenSource() rejects options without a room, a session and an invite', () => {
  expect(() => start({ invite: '' })).toThrow('A room, session or invite is missing.');
});
