/** The token inspector in a real browser, with tokens that the real functions issued. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../client/index.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { buildJwt, hs256 } from '../support/foreign-tokens.ts';
import { useConsole } from './open-console.ts';

const open = useConsole();
const hash = '#/token';

const paste = (page: Page, token: string) => page.getByLabel('Token', { exact: true }).fill(token);
const verdictOf = (page: Page) => page.getByRole('status', { name: 'Verdict' });
const doubtsOf = (page: Page) => page.locator('.rules .broken, .rules .warning');

async function openWithToken(request: object) {
  const { page, api } = await open({ hash });
  const client = createClient({ url: api.url });
  const { sessionId } = await client.createSession();
  return { page, api, ...(await client.issueToken(sessionId, request)) };
}

const { apiKey, apiSecret } = OPENTOK_SECRET;
const HS256 = { alg: 'HS256' };
const now = () => Math.floor(Date.now() / 1000);
const claimsOf = (iss: string) => ({
  ...{ iss, ist: 'project', scope: 'session.connect', role: 'publisher' },
  ...{ session_id: mintSessionId({ projectId: iss }), iat: now(), exp: now() + 600 },
});

describe('a token that this API issued', () => {
  it.each([
    [{ role: 'moderator', data: 'name=Ada' }, 'JWT of an OpenTok project', 'connection_data'],
    [{ tokenType: 'T1', data: 'name=Ada' }, 'T1', 'create_time'],
  ])('is valid: %o', async (request, kind, field) => {
    const { page, token, sessionId } = await openWithToken(request);
    await paste(page, token);
    await verdictOf(page).getByText('Valid token').waitFor();
    expect(await verdictOf(page).innerText()).toContain(kind);
    await page.getByText('The signature is valid').waitFor();
    expect(await doubtsOf(page).count()).toBe(0);
    await page.getByRole('rowheader', { name: field }).waitFor();
    await page.getByRole('cell', { name: sessionId }).waitFor();
  });

  it('shows the time left, counting down', async () => {
    const { page, token } = await openWithToken({});
    await paste(page, token);
    const life = page.locator('.life');
    const before = await life.innerText();
    expect(before).toMatch(/^(?:1 day 00:00:00|23:59:\d\d) left, until \d{4}-\d\d-\d\d /);
    await expect.poll(() => life.innerText(), { timeout: 5_000 }).not.toBe(before);
    const bar = page.getByRole('progressbar', { name: 'Time left' });
    expect(await bar.getAttribute('max')).toBe('86400');
  });

  it('is sent to the API on this machine only', async () => {
    const { page, api, token } = await openWithToken({});
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await paste(page, token);
    await page.getByText('The signature is valid').waitFor();
    expect(requests).toEqual([`${api.url}/tokens/inspect`]);
    expect(page.url()).toBe(`${api.url}/${hash}`);
  });

  it('is checked without its signature if the API cannot verify it', async () => {
    const { page, api, token } = await openWithToken({});
    api.fail({
      ...{ kind: 'answer', status: 404, body: '{"message":"Not Found"}' },
      headers: { 'content-type': 'application/json' },
    });
    await paste(page, token);
    await verdictOf(page).getByText('No problem found, signature not verified').waitFor();
    await page.getByText('Present, but not verified').waitFor();
    expect(await doubtsOf(page).count()).toBe(0);
  });
});

describe('the signature', () => {
  it.each<[words: string, mark: 'broken' | 'warning', verdict: string, token: string]>([
    [
      ...(['Wrong secret:', 'broken', 'Invalid: wrong signature'] as const),
      buildJwt(HS256, claimsOf(apiKey), hs256('another')),
    ],
    [
      ...(['Wrong algorithm:', 'broken', 'Invalid: wrong algorithm'] as const),
      buildJwt({ alg: 'HS512' }, claimsOf(apiKey), hs256(apiSecret)),
    ],
    [
      ...(['Other project:', 'warning', 'No problem found, signature not verified'] as const),
      buildJwt(HS256, claimsOf('654321'), hs256('another')),
    ],
  ])('is explained: %s', async (words, mark, verdict, token) => {
    const { page } = await open({ hash });
    await paste(page, token);
    await page.locator(`.rules .${mark}`, { hasText: words }).waitFor();
    await verdictOf(page).getByText(verdict).waitFor();
  });

  it('is that of the shown token, although the result for another token arrives later', async () => {
    const { page, api, token } = await openWithToken({});
    const late = Promise.withResolvers<void>();
    api.fail({ kind: 'delay', until: late.promise });
    await paste(page, buildJwt(HS256, claimsOf(apiKey), hs256('another')));
    await verdictOf(page).getByText('Verifying the signature').waitFor();
    await paste(page, token);
    await page.getByText('The signature is valid').waitFor();
    const answered = page.waitForResponse(/inspect$/);
    late.resolve();
    await (await answered).finished();
    // Another request and its response: by then the page has handled the late one.
    await page.evaluate(() => fetch('/openapi.json').then((response) => response.text()));
    await expect(verdictOf(page).getByText('Valid token').count()).resolves.toBe(1);
  });
});

describe('an invalid token', () => {
  it('shows the verdict first, and each broken rule once, before all others', async () => {
    const { page } = await open({ hash });
    const claims = { iss: '123456', ist: 'project', iat: 1_700_000_000, exp: 1_700_086_400_000 };
    await paste(page, buildJwt(HS256, claims, hs256('x')));
    const verdict = await verdictOf(page).innerText();
    expect(verdict).toMatch(/^Invalid: not a token for clients\n/);
    expect(verdict).toContain('more checks fail.');
    const rules = await page
      .locator('.rules li')
      .evaluateAll((items) =>
        items.map((item) => String((item as unknown as { className: string }).className)),
      );
    expect(rules).toEqual(rules.toSorted((one, other) => order(one) - order(other)));
    expect(rules[0]).toBe('broken');
    const text = await page.locator('main').innerText();
    expect(text.split('looks like milliseconds').length).toBe(2);
    expect(text).toContain('Divide by 1000');
    // The expiry is not a time, so nothing can run down.
    expect(await page.getByRole('progressbar').count()).toBe(0);
  });

  it.each([
    [180, 'Invalid: expired 3 minutes ago'],
    [20, 'Invalid: expired less than a minute ago'],
    [90_000, 'Invalid: expired 1 day ago'],
  ])('says when it expired: %i seconds ago', async (seconds, verdict) => {
    const { page } = await open({ hash });
    const claims = { ...claimsOf(apiKey), iat: now() - seconds - 60, exp: now() - seconds - 1 };
    await paste(page, buildJwt(HS256, claims, hs256(apiSecret)));
    await verdictOf(page).getByText(verdict, { exact: true }).waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
  });

  it.each([
    ['hello', 'neither a JWT, which has three parts'],
    ['a.b', 'A JWT has three parts separated by dots; this text has 2.'],
    ['T1==!', 'The text after T1== is not base64.'],
  ])('rejects a text without a token: %s', async (text, words) => {
    const { page } = await open({ hash });
    await paste(page, text);
    expect(await verdictOf(page).innerText()).toContain('Not a token');
    expect(await verdictOf(page).innerText()).toContain(words);
    await paste(page, '');
    expect(await verdictOf(page).innerText()).toBe('');
  });

  it('becomes invalid when it expires', async () => {
    const { page } = await open({ hash, prepare: (page) => page.clock.install() });
    await paste(page, buildJwt(HS256, { ...claimsOf(apiKey), exp: now() + 60 }, hs256(apiSecret)));
    await page.locator('.rules .kept', { hasText: 'Not expired' }).waitFor();
    await page.getByRole('progressbar', { name: 'Time left' }).waitFor();
    await page.clock.runFor(62_000);
    await page.locator('.rules .broken', { hasText: 'Not expired' }).waitFor();
    await verdictOf(page).getByText('Invalid: expired less than a minute ago').waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
  });
});

const order = (outcome: string) => ['broken', 'warning', 'kept'].indexOf(outcome);

describe('a text that holds something else', () => {
  it('leads from a session id to a token for it', async () => {
    const { page } = await open({ hash });
    const sessionId = mintSessionId({ projectId: apiKey });
    await paste(page, `"sessionId": "${sessionId}"`);
    await verdictOf(page).getByText('A session id, not a token').waitFor();
    await page.getByRole('button', { name: 'Issue a token for this session' }).click();
    expect(await page.getByLabel('sessionId', { exact: true }).inputValue()).toBe(sessionId);
  });

  it('leads from an invite to its guest', async () => {
    const { page, api } = await open({ hash });
    const client = createClient({ url: api.url });
    await client.putRoom('pasted');
    const { invite } = await client.createInvite('pasted');
    await paste(page, `https://example.com/join#invite=${invite}`);
    await verdictOf(page).getByText('The secret of a guest, not a token').waitFor();
    await page.getByRole('button', { name: 'Join as this guest' }).click();
    const second = page.getByRole('form', { name: 'Second person' });
    expect(await second.getByLabel('Invite').inputValue()).toBe(invite);
    await second.getByRole('button', { name: 'Join', exact: true }).click();
    await second.getByText('In the room pasted as publisher.').waitFor();
    expect(page.url()).not.toContain(invite.slice(-43));
  });
});
