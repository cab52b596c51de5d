/** The inspector in a real browser, with tokens that the real functions issued. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../client/index.ts';
import { useConsole } from './open-console.ts';

const open = useConsole();

const paste = (page: Page, token: string) => page.getByLabel('Token', { exact: true }).fill(token);
const verdictOf = (page: Page) => page.getByRole('status', { name: 'Verdict' });

async function openWithToken(request: object) {
  const { page, api } = await open();
  const client = createClient({ url: api.url });
  const { sessionId } = await client.createSession();
  return { page, ...(await client.issueToken(sessionId, request)) };
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

  it('goes nowhere', async () => {
    const { page, token } = await openWithToken({});
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await paste(page, token);
    await verdictOf(page).getByText('No rule').waitFor();
    expect(requests).toEqual([]);
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
    ['a.b', 'A JWT has three parts with dots between, and this has 2.'],
    ['T1==!', 'What stands after T1== is not base64.'],
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
