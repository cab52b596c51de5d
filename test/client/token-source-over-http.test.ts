/** The token source against the real functions, over HTTP. */
import { expect, it } from 'vitest';
import { createClient, createTokenSource } from '../../client/index.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
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
    message: 'The role asked for is moderator; the highest allowed is publisher.',
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
