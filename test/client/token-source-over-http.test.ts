/** The token source against the real functions, over HTTP. */
import { describe, expect, it, vi } from 'vitest';
import {
  createClient,
  createTokenSource,
  type Fetch,
  type ProblemError,
  type Waiting,
} from '../../client/index.ts';
import { playUser } from '../../console/explorer/play-user.ts';
import { readPlayedUser } from '../../local/played-user.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { OPENTOK_SECRET, REQUEST_ID } from '../support/fixtures.ts';
import { verifyHs256, verifyT1 } from '../support/verify-token.ts';
import { serveApi, signIn } from './serve-api.ts';

const serve = closedAfterEach(serveApi);

it('keeps one token for all who join a room as the user who is signed in', async () => {
  const api = await serve({ auth: 'jwt' });
  const as = (role: string) => () => ({
    authorization: `Bearer ${signIn({ opentok_role: role })}`,
  });
  await createClient({ url: api.url, headers: as('moderator') }).joinRoom('standup');

  const source = createTokenSource({
    url: api.url,
    room: 'standup',
    data: 'seat 7',
    headers: as('publisher'),
  });
  const [first, second] = await Promise.all([source.fetch(), source.fetch()]);
  expect(await source.fetch()).toEqual(first);
  expect(second).toEqual(first);
  expect(api.counts.requests).toBe(2);
  expect(verifyHs256(first.token, OPENTOK_SECRET.apiSecret)).toMatchObject({
    session_id: first.sessionId,
    role: 'publisher',
    connection_data: '{"sub":"ada","data":"seat 7"}',
  });

  const subscriber = await source.fetch({ role: 'subscriber' });
  expect(subscriber.role).toBe('subscriber');
  await expect(source.fetch({ role: 'moderator' })).rejects.toMatchObject({
    name: 'ForbiddenError',
    message: 'The requested role is moderator; the highest allowed role is publisher.',
  });
});

it('keeps T1 tokens of a session as well', async () => {
  const api = await serve();
  const { sessionId } = await createClient({ url: api.url }).createSession();
  const source = createTokenSource({ url: api.url, sessionId, tokenType: 'T1' });
  const { token } = await source.fetch();
  expect(verifyT1(token, OPENTOK_SECRET)).toMatchObject({ session_id: sessionId });
  expect(await source.fetch()).toMatchObject({ token });
  expect(api.counts.requests).toBe(2);
});

it('comes back when the API asks for it', async () => {
  const api = await serve();
  api.fail({ kind: 'answer', status: 503, headers: { 'retry-after': '0' } }, { times: 2 });
  const source = createTokenSource({ url: api.url, room: 'standup' });
  expect(await source.fetch()).toHaveProperty('token');
  expect(api.counts.requests).toBe(3);
});

describe('a guest', () => {
  it('is one and the same over reloads and renewals, and counted once', async () => {
    const { url } = await serve();
    const host = createClient({ url });
    await host.putRoom('standup');
    const { invite } = await host.createInvite('standup', { role: 'subscriber', name: 'Grace' });
    const source = createTokenSource({ url, invite });
    const { token, guest, room } = await source.fetch();
    expect(room).toBe('standup');
    const { sub } = readIdentity(token);
    expect(readIdentity(token)).toEqual({ sub: expect.stringMatching(/^guest:/), name: 'Grace' });

    const again = await source.fetch({ force: true, data: 'seat 7' });
    expect(readIdentity(again.token)).toEqual({ sub, name: 'Grace', data: 'seat 7' });
    const reloaded = await createTokenSource({ url, guest: String(guest) }).fetch();
    expect(readIdentity(reloaded.token)).toEqual({ sub, name: 'Grace' });
    // The invite is for one.
    await expect(createTokenSource({ url, invite }).fetch()).rejects.toMatchObject({
      name: 'InviteNotFoundError',
    });
  });

  it('takes one place if a response is lost and the retry succeeds', async () => {
    const { url } = await serve();
    const host = createClient({ url });
    await host.putRoom('standup');
    const { invite, inviteId } = await host.createInvite('standup', {
      name: 'Grace',
      maxGuests: 1,
    });
    let requests = 0;
    const losing: Fetch = async (...request) => {
      const response = await fetch(...request);
      requests += 1;
      if (requests === 1) throw new TypeError('fetch failed');
      return response;
    };
    const mail = `${invite}.\n`;
    const { guest } = await createTokenSource({ url, invite: mail, fetch: losing }).fetch();
    expect([guest?.slice(0, 24), requests]).toEqual([`standup.${inviteId}`, 2]);
    await expect(createTokenSource({ url, invite }).fetch()).rejects.toMatchObject({
      name: 'InviteNotFoundError',
    });
  });

  it('is rate limited after guesses, and waits as the response says', async () => {
    const { url } = await serve();
    const source = createTokenSource({ url, invite: 'a.b.c', maxRetries: 0 });
    const names = [];
    let error: unknown;
    while (names.length < 100 && names.at(-1) !== 'TooManyRequestsError') {
      error = await source.fetch().catch((cause) => cause);
      names.push((error as ProblemError).name);
    }
    expect(new Set(names.slice(0, -1))).toEqual(new Set(['InviteNotFoundError']));
    expect(error).toMatchObject({ status: 429, requestId: REQUEST_ID });
    const { retryAfterSeconds } = error as ProblemError;
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  });
});

it('waits at the door of a room until a host has decided', async () => {
  const { url } = await serve({ readUser: readPlayedUser });
  const host = createClient({ url });
  await host.putRoom('standup', { admission: 'knock' });
  const { invite } = await host.createInvite('standup', { name: 'Grace' });
  const told: Waiting[] = [];
  const onWaiting = (answer: Waiting) => void told.push(answer);
  const headers = { authorization: `Bearer ${playUser('ada', '')}` };
  const user = createTokenSource({ url, room: 'standup', headers, onWaiting });
  const guest = createTokenSource({ url, invite, onWaiting });
  const [admitted, denied] = [user.fetch(), guest.fetch().catch((cause) => cause)];
  await vi.waitUntil(() => told.length === 2);

  const { knocks } = await host.listKnocks('standup');
  expect(knocks.map(({ name }) => name).toSorted()).toEqual(['Grace', null]);
  for (const { knockId, name } of knocks) {
    await host.decideKnock('standup', knockId, { decision: name ? 'deny' : 'admit' });
  }
  expect(readIdentity((await admitted).token)).toEqual({ sub: 'ada' });
  expect(await denied).toMatchObject({ name: 'AdmissionDeniedError' });
  expect(told).toHaveLength(2);
});

/** Who a token says that its bearer is. */
function readIdentity(token: string): Record<string, string> {
  return JSON.parse(String(verifyHs256(token, OPENTOK_SECRET.apiSecret)['connection_data']));
}
