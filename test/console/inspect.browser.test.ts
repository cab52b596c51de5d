/** The inspector in a real browser, with tokens that the real functions issued. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../client/index.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { buildJwt, hs256 } from '../support/foreign-tokens.ts';
import { useConsole } from './open-console.ts';

const open = useConsole();

const paste = (page: Page, token: string) => page.getByLabel('Token', { exact: true }).fill(token);
const verdictOf = (page: Page) => page.getByRole('status', { name: 'Verdict' });

async function openWithToken(request: object) {
  const { page, api } = await open();
  const client = createClient({ url: api.url });
  const { sessionId } = await client.createSession();
  return { page, api, ...(await client.issueToken(sessionId, request)) };
}

describe('a token that is issued here', () => {
  it.each([
    [{ role: 'moderator', data: 'name=Ada' }, 'JWT of an OpenTok project', 'connection_data'],
    [{ tokenType: 'T1', data: 'name=Ada' }, 'T1', 'create_time'],
  ])('is found good: %o', async (request, kind, field) => {
    const { page, token, sessionId } = await openWithToken(request);
    await paste(page, token);
    const verdict = await verdictOf(page).innerText();
    expect(verdict).toContain('No rule speaks against this token.');
    expect(verdict).toContain(kind);
    await verdictOf(page).getByText('and its signature is valid').waitFor();
    expect(await page.locator('.rules .broken, .rules .warning').count()).toBe(0);
    await page.getByRole('rowheader', { name: field }).waitFor();
    await page.getByRole('cell', { name: sessionId }).waitFor();
  });

  it('is shown with its life, which runs down before one’s eyes', async () => {
    const { page, token } = await openWithToken({});
    await paste(page, token);
    const life = page.locator('.life');
    const before = await life.innerText();
    expect(before).toMatch(/^(?:1 day 00:00:00|23:59:\d\d) left, until \d{4}-\d\d-\d\d /);
    await expect.poll(() => life.innerText(), { timeout: 5_000 }).not.toBe(before);
    const bar = page.getByRole('progressbar', { name: 'Life that is left' });
    expect(await bar.getAttribute('max')).toBe('86400');
  });

  it('goes to the API on this machine, whose secret judges it, and nowhere else', async () => {
    const { page, api, token } = await openWithToken({});
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await paste(page, token);
    await page.getByText('The signature is valid').waitFor();
    expect(requests).toEqual([`${api.url}/tokens/inspect`]);
  });

  it('is judged without its signature where the API has no such route', async () => {
    const { page, api, token } = await openWithToken({});
    const body = '{"message":"Not Found"}';
    api.fail({
      kind: 'answer',
      status: 404,
      headers: { 'content-type': 'application/json' },
      body,
    });
    const answered = page.waitForResponse(/inspect$/);
    await paste(page, token);
    expect((await answered).status()).toBe(404);
    await page.getByText('checking it takes the secret, which this page has not').waitFor();
    expect(await verdictOf(page).innerText()).not.toContain('its signature is valid');
    expect(await page.locator('.rules .broken, .rules .warning').count()).toBe(0);
  });
});

describe('the signature of a token', () => {
  const { apiKey, apiSecret } = OPENTOK_SECRET;
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = (iss: string) => ({
    ...{ iss, ist: 'project', scope: 'session.connect', role: 'publisher' },
    ...{ session_id: mintSessionId({ projectId: iss }), iat: nowSeconds, exp: nowSeconds + 600 },
  });
  const HS256 = { alg: 'HS256' };
  it.each<[words: string, mark: 'broken' | 'warning', token: string]>([
    ['Wrong secret:', 'broken', buildJwt(HS256, claims(apiKey), hs256('another'))],
    ['Wrong algorithm:', 'broken', buildJwt({ alg: 'HS512' }, claims(apiKey), hs256(apiSecret))],
    ['Other project:', 'warning', buildJwt(HS256, claims('654321'), hs256('another'))],
  ])('is told in words: %s', async (words, mark, token) => {
    const { page } = await open();
    await paste(page, token);
    await page.locator(`.rules .${mark}`, { hasText: words }).waitFor();
    const verdict = await verdictOf(page).innerText();
    if (mark === 'broken') expect(verdict).toContain(words);
    else expect(verdict).toContain('No rule speaks against this token.');
  });

  it('is of the token that is shown, however late the verdict on another comes', async () => {
    const { page, api, token } = await openWithToken({});
    const late = Promise.withResolvers<void>();
    api.fail({ kind: 'delay', until: late.promise });
    await paste(page, buildJwt(HS256, claims(apiKey), hs256('another')));
    await verdictOf(page).getByText('No rule speaks').waitFor();
    await paste(page, token);
    await page.getByText('The signature is valid').waitFor();
    const answered = page.waitForResponse(/inspect$/);
    late.resolve();
    await (await answered).finished();
    // Another way to the API and back: by then the page has seen the answer.
    await page.evaluate(() => fetch('/openapi.json').then((response) => response.text()));
    await expect(verdictOf(page).getByText('Wrong secret').count()).resolves.toBe(0);
  });
});

describe('a token that is no good', () => {
  it('is told why in plain words, with the remedy', async () => {
    const { page } = await open();
    const claims = { iss: '123456', ist: 'project', iat: 1_700_000_000, exp: 1_700_086_400_000 };
    await paste(
      page,
      [{ alg: 'HS256' }, claims, {}].map((part) => btoa(JSON.stringify(part))).join('.'),
    );
    const verdict = await verdictOf(page).innerText();
    expect(verdict).toContain('broken: the platform refuses this token.');
    expect(verdict).toContain('looks like milliseconds. Divide by 1000');
    expect(verdict).toContain('names no session and no scope');
  });

  it.each([
    ['hello', 'neither a JWT, which has three parts'],
    ['a.b', 'A JWT has three parts separated by dots; this text has 2.'],
    ['T1==!', 'The text after T1== is not base64.'],
  ])('or none at all is told so: %s', async (text, words) => {
    const { page } = await open();
    await paste(page, text);
    expect(await verdictOf(page).innerText()).toContain(words);
    await paste(page, '');
    expect(await verdictOf(page).innerText()).toBe('');
  });

  it('turns bad while it is looked at', async () => {
    const { page } = await open({ prepare: (page) => page.clock.install() });
    const nowSeconds = Math.floor(Date.now() / 1000);
    const claims = {
      session_id: '1_x',
      scope: 'session.connect',
      iat: nowSeconds,
      exp: nowSeconds + 60,
    };
    await paste(
      page,
      [{ alg: 'HS256' }, claims, {}].map((part) => btoa(JSON.stringify(part))).join('.'),
    );
    await page.locator('.rules .kept', { hasText: 'It has not expired' }).waitFor();
    await page.clock.runFor(62_000);
    await page.locator('.rules .broken', { hasText: 'It has not expired' }).waitFor();
    await page.getByText(/^expired 00:00:0\d ago/).waitFor();
    expect(await verdictOf(page).innerText()).toContain('It ended');
  });
});
