/** Tokens for guests: which secrets are sent, and which are kept; no network. */
import { describe, expect, it } from 'vitest';
import { createTokenSource, type TokenSourceOptions } from '../../client/index.ts';
import { type FakeAnswer, fakeServer, httpDate } from './fake-server.ts';

type GuestOptions = { invite?: string; guest?: string; name?: string; knock?: string };

/** A server that makes a guest of every invite, and knows them again. */
function start(given: GuestOptions, answers: readonly FakeAnswer[] = []) {
  let guests = 0;
  const server = fakeServer((index, { body }) => {
    if (answers[index]) return answers[index];
    const { guest = `guest ${++guests}` } = JSON.parse(body ?? '{}');
    const expireTime = Math.floor(Date.now() / 1000) + 3600;
    return {
      headers: { date: httpDate(Date.now()) },
      body: { token: `token ${index}`, expireTime, room: 'standup', guest },
    };
  });
  const options = { url: 'https://video.example.com', fetch: server.fetch, ...given };
  return { ...server, options, source: createTokenSource(options as TokenSourceOptions) };
}

describe('a guest', () => {
  it('joins by the secret of an invite, in the body and nowhere else', async () => {
    const { source, fetch, bodies } = start({ invite: 'secret', name: 'Ada' });
    expect(await source.fetch({ role: 'subscriber', data: 'seat 7' })).toMatchObject({
      token: 'token 0',
      room: 'standup',
      guest: 'guest 1',
    });
    expect(fetch.mock.calls[0]?.[0]).toBe('https://video.example.com/invites/tokens');
    expect(bodies()).toEqual([
      { invite: 'secret', name: 'Ada', role: 'subscriber', data: 'seat 7' },
    ]);
  });

  it('is the same one in every request that follows', async () => {
    const { source, bodies } = start({ invite: 'secret' });
    await source.fetch();
    expect(await source.fetch()).toHaveProperty('token', 'token 0');
    expect(await source.fetch({ force: true })).toHaveProperty('guest', 'guest 1');
    expect(await source.fetch({ role: 'subscriber' })).toHaveProperty('guest', 'guest 1');
    const known = { invite: 'secret', guest: 'guest 1' };
    expect(bodies()).toEqual([{ invite: 'secret' }, known, { ...known, role: 'subscriber' }]);
  });

  it('who was here before a reload comes back by what the page kept, with no invite', async () => {
    const { source, fetch, bodies } = start({ guest: 'guest 7' });
    expect(await source.fetch()).toHaveProperty('guest', 'guest 7');
    await source.fetch({ force: true });
    expect(fetch.mock.calls[0]?.[0]).toBe('https://video.example.com/invites/tokens');
    expect(bodies()).toEqual([{ guest: 'guest 7' }, { guest: 'guest 7' }]);
  });

  it('takes one place, however much is asked for at once', async () => {
    const { source, bodies } = start({ invite: 'secret' });
    const roles = ['publisher', 'subscriber', 'publisher'] as const;
    const tokens = await Promise.all(roles.map((role) => source.fetch({ role })));
    expect(tokens.map(({ guest }) => guest)).toEqual(['guest 1', 'guest 1', 'guest 1']);
    expect(bodies()).toEqual([
      { invite: 'secret', role: 'publisher' },
      { invite: 'secret', role: 'subscriber', guest: 'guest 1' },
    ]);
  });

  it('whose first request fails does not hold up the next', async () => {
    const { source } = start({ invite: 'secret' }, [{ status: 404, body: {} }]);
    const [first, second] = await Promise.allSettled([
      source.fetch({ role: 'publisher' }),
      source.fetch({ role: 'subscriber' }),
    ]);
    expect(first?.status).toBe('rejected');
    expect(second).toMatchObject({ value: { guest: 'guest 1' } });
  });

  it('who gives up before their turn asks nothing', async () => {
    const { source, fetch } = start({ invite: 'secret' });
    const controller = new AbortController();
    const first = source.fetch();
    const second = source.fetch({ role: 'subscriber', signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    await first;
    await source.fetch({ force: true });
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it.each<[string, GuestOptions]>([
    ['another invite', { invite: 'other' }],
    ['another guest', { guest: 'guest 9' }],
  ])(
    'of %s is not served from the cache, nor by the secrets of the one before',
    async (_, other) => {
      const { source, options, bodies } = start({ invite: 'secret' });
      await source.fetch();
      Object.assign(options, { invite: undefined, ...other });
      expect(await source.fetch()).toHaveProperty('token', 'token 1');
      expect(bodies()[1]).toEqual(other);
      Object.assign(options, { invite: 'secret', guest: undefined });
      await source.fetch();
      expect(bodies()[2]).toEqual({ invite: 'secret', guest: 'guest 1' });
    },
  );

  it('who waits holds up nobody who has come by another invite', async () => {
    const waiting = { status: 202, body: { status: 'waiting', knock: 'k', pollAfterSeconds: 60 } };
    const { source, options, bodies } = start({ invite: 'secret' }, [waiting]);
    const controller = new AbortController();
    const first = source.fetch({ signal: controller.signal });
    Object.assign(options, { invite: 'other' });
    expect(await source.fetch()).toHaveProperty('guest', 'guest 1');
    expect(bodies()[1]).toEqual({ invite: 'other' });
    controller.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('who waits knocks with what they were told, and is themselves once admitted', async () => {
    const waiting = {
      status: 202,
      body: { status: 'waiting', knock: 'guest 1', pollAfterSeconds: 1 },
    };
    const { source, bodies } = start({ invite: 'secret' }, [waiting]);
    expect(await source.fetch()).toHaveProperty('guest');
    expect(bodies()[1]).toEqual({ invite: 'secret', knock: 'guest 1' });
  });
});

it('neither a guest nor anybody else can be asked for without saying who', () => {
  expect(() => start({ invite: '' })).toThrow('A room, session or invite is missing.');
});
