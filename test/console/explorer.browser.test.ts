/** The API explorer in a real browser, in front of the real functions. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type ApiDocument, readOperations } from '../../console/operations.ts';
import openapi from '../../docs/openapi.json' with { type: 'json' };
import { toProblemResponse } from '../../lib/events/http-response.ts';
import { makeFault } from '../../tools/openapi/texts/faults.ts';
import { REQUEST_ID } from '../support/fixtures.ts';
import { FAULT_NAMES } from './fault-names.ts';
import { useConsole } from './open-console.ts';

const open = useConsole();
/** Of a person who is not there. */
const PERSON_ID = 'm3Wj0rXbZ0m1vJ4yq9WkZw';

const operations = readOperations(openapi as unknown as ApiDocument);

const openApi = (id = 'createSession') => open({ hash: `#/api/${id}` });
/** Opens an operation. The browser reports the change of the address after the click. */
async function choose(page: Page, id: string): Promise<void> {
  const link = page.locator(`.menu a[href="#/api/${id}"]`);
  await link.click();
  await link.and(page.locator('[aria-current]')).waitFor();
}
const fieldOf = (page: Page, place: 'Path' | 'Query' | 'Headers' | 'Body', name: string) =>
  page.getByRole('group', { name: place, exact: true }).getByLabel(name, { exact: true });
const responseOf = (page: Page) => page.getByRole('status', { name: 'Response' });
const sendButton = (page: Page) => page.getByRole('button', { name: /^Send/ });

async function send(page: Page): Promise<string> {
  const answered = page.waitForResponse(() => true);
  await sendButton(page).click();
  await answered;
  await page.locator('.response[aria-busy="false"]').waitFor();
  return responseOf(page).innerText();
}

describe('a form', () => {
  it.each(operations.map(({ id }) => id))('works with its example values: %s', async (id) => {
    const { page, api } = await openApi(id);
    const operation = operations.find((one) => one.id === id);
    // Of ids and secrets, those that exist are made with a button; the others have no example.
    const made = page.locator('.control button');
    for (const button of await made.all()) await button.click();
    for (const name of ['inviteId', 'sessionId', 'invite', 'token']) {
      const field = page.locator(`.fields [name=${name}], .place [name=${name}]`).first();
      if ((await made.count()) > 0 && (await field.count()) > 0) {
        await expect.poll(() => field.inputValue(), { timeout: 20_000 }).not.toBe('');
      }
    }
    if (id === 'decideKnock') await fieldOf(page, 'Path', 'knockId').fill(PERSON_ID);
    if (id === 'decideParticipant') await fieldOf(page, 'Path', 'participantId').fill(PERSON_ID);
    const response = await send(page);
    expect(response).toMatch(/^(?:20[014] |404 Not Found)/);
    const { method, path } = api.requests.at(-1) ?? {};
    expect([method, path?.split('/')[1]]).toEqual([
      operation?.method,
      operation?.path.split('/')[1],
    ]);
  });

  it('has every field, limit and default of the document, and its help', async () => {
    const { page } = await openApi();
    for (const { id, body = [] } of operations) {
      await choose(page, id);
      for (const { name, kind, description, choices, default: preset } of body) {
        if (kind === 'group') continue;
        const control = fieldOf(page, 'Body', name);
        const ids = (await control.getAttribute('aria-describedby'))?.split(' ') ?? [];
        const help = await page.locator(`#${ids[0]}`).textContent();
        expect(help).toContain(description.replaceAll('`', ''));
        if (kind !== 'choice') continue;
        expect(await control.locator('option').allTextContents()).toEqual([
          preset === undefined ? 'omitted' : `omitted (${preset})`,
          ...choices,
        ]);
      }
    }
  });

  it('creates a session, and a token for it that the inspector accepts', async () => {
    const { page, api } = await openApi();
    await page.getByLabel('mediaMode').selectOption('routed');
    await page.getByLabel('archiveMode').selectOption('always');
    await page.getByLabel('archiveName').fill("Monday's");
    await page.getByLabel('e2ee').selectOption('false');
    expect(await send(page)).toMatch(/^201 Created/);
    expect(JSON.parse(api.requests.at(-1)?.body ?? '')).toEqual({
      mediaMode: 'routed',
      archiveMode: 'always',
      archiveName: "Monday's",
      e2ee: false,
    });
    await page.getByRole('button', { name: 'Issue a token for this session' }).click();
    expect(await page.getByLabel('sessionId', { exact: true }).inputValue()).toMatch(/^[12]_/);
    await page.getByLabel('role', { exact: true }).selectOption('moderator');
    await page.getByLabel('initialLayoutClassList').fill('focus  full');
    await page.getByRole('button', { name: 'expireTime in 10 min' }).click();
    expect(await send(page)).toMatch(/^201 Created/);
    expect(JSON.parse(api.requests.at(-1)?.body ?? '')).toMatchObject({
      role: 'moderator',
      initialLayoutClassList: ['focus', 'full'],
      expireTime: expect.any(Number),
    });
    await page.getByRole('button', { name: 'Inspect this token' }).click();
    await page.getByText('Valid token').waitFor();
  });

  it('sends the query and the headers', async () => {
    const { page, api } = await openApi('sampleRoom');
    await fieldOf(page, 'Path', 'name').fill('a room');
    await fieldOf(page, 'Query', 'e2ee').selectOption({ index: 1 });
    await send(page);
    expect(api.requests.at(-1)?.path).toMatch(/^[/]room[/]a%20room[?]e2ee=\w+$/);
    await choose(page, 'putRoom');
    await fieldOf(page, 'Path', 'name').fill('nowhere');
    await fieldOf(page, 'Headers', 'If-Match').fill('"other"');
    await send(page);
    expect(api.requests.at(-1)?.headers['if-match']).toBe('"other"');
    expect(await page.getByRole('region', { name: 'curl' }).innerText()).toContain('If-Match: ');
  });

  it('leads from an invite to its guest, and from a waiting guest to the decision', async () => {
    const { page, api } = await openApi('putRoom');
    await fieldOf(page, 'Path', 'name').fill('clinic');
    await fieldOf(page, 'Body', 'admission').selectOption('knock');
    expect(await send(page)).toMatch(/^201 /);
    await choose(page, 'createInvite');
    await fieldOf(page, 'Path', 'name').fill('clinic');
    await fieldOf(page, 'Body', 'name').fill('Grace');
    expect(await send(page)).toMatch(/^201 /);
    await page.getByRole('button', { name: 'Join with this invite' }).click();
    expect(await send(page)).toMatch(/^202 /);
    await page.getByRole('button', { name: 'Ask again with this knock' }).click();
    expect(await fieldOf(page, 'Body', 'knock').inputValue()).toMatch(/^clinic[.]/);

    await choose(page, 'listKnocks');
    await fieldOf(page, 'Path', 'name').fill('clinic');
    expect(await send(page)).toMatch(/^200 /);
    await page.getByRole('button', { name: 'Decide about Grace' }).click();
    await fieldOf(page, 'Body', 'decision').selectOption('admit');
    expect(await send(page)).toMatch(/^204 /);
    await choose(page, 'joinAsGuest');
    expect(await send(page)).toMatch(/^201 /);
    await page.getByRole('button', { name: 'Come back as this guest' }).click();
    expect(await fieldOf(page, 'Body', 'guest').inputValue()).toMatch(/^clinic[.]/);

    await choose(page, 'listInvites');
    await fieldOf(page, 'Path', 'name').fill('clinic');
    expect(await send(page)).toMatch(/^200 /);
    await page.getByRole('button', { name: 'Revoke the invite Grace' }).click();
    expect(await send(page)).toMatch(/^204 /);
    expect(api.requests.filter(({ path }) => /[?].*clinic[.]/.test(path))).toEqual([]);
  });

  it('leads from the list of rooms to a room, and from the people in it to a decision', async () => {
    const { page, api } = await openApi('putRoom');
    for (const room of ['listed-1', 'listed-2']) {
      await fieldOf(page, 'Path', 'name').fill(room);
      await send(page);
    }
    await choose(page, 'listRooms');
    await fieldOf(page, 'Query', 'limit').fill('1');
    await fieldOf(page, 'Query', 'after').fill('listed');
    expect(await send(page)).toMatch(/^200 /);
    await page.getByRole('button', { name: 'Next page' }).click();
    expect(await send(page)).toMatch(/^200 /);
    await page.getByRole('button', { name: 'Show listed-2' }).click();
    expect(await send(page)).toMatch(/^200 /);
    const room = Object(await (await fetch(`${api.url}/rooms/listed-2`)).json());

    api.platform.connect(room.sessionId, { data: JSON.stringify({ sub: 'Grace' }) });
    await api.platform.callbacksSettled();
    await choose(page, 'listParticipants');
    await fieldOf(page, 'Path', 'name').fill('listed-2');
    expect(await send(page)).toMatch(/^200 /);
    await page.getByRole('button', { name: 'Decide about Grace' }).click();
    await fieldOf(page, 'Body', 'decision').selectOption('ban');
    expect(await send(page)).toMatch(/^204 /);
    await choose(page, 'listParticipants');
    expect(await send(page)).toMatch(/^200 /);
    await page.getByRole('button', { name: 'Allow Grace' }).click();
    expect(await fieldOf(page, 'Body', 'decision').inputValue()).toBe('allow');
    expect(await send(page)).toMatch(/^204 /);
  });

  it('leads from a missing room to its creation', async () => {
    const { page } = await openApi('readRoom');
    await fieldOf(page, 'Path', 'name').fill('not-yet');
    expect(await send(page)).toMatch(/^404 /);
    await page.getByRole('button', { name: 'Create this room' }).click();
    expect(await fieldOf(page, 'Path', 'name').inputValue()).toBe('not-yet');
    expect(await send(page)).toMatch(/^201 /);
  });

  it('shows the request as curl and as fetch, exactly as it is sent', async () => {
    const { page, api } = await openApi();
    await page.getByLabel('mediaMode').selectOption('routed');
    await page.getByRole('radio', { name: 'End user' }).check();
    await page.getByLabel('sub', { exact: true }).fill("O'Hara");
    const curl = await page.getByRole('region', { name: 'curl' }).innerText();
    expect(curl.split(' \\\n  ')).toEqual([
      `curl -sS -X POST '${api.url}/sessions'`,
      "-H 'content-type: application/json'",
      expect.stringMatching(/^-H 'authorization: Bearer [\w-]+\.[\w-]+\.'$/),
      `--data-raw '{"mediaMode":"routed"}'`,
    ]);
    await page.locator('.exchange').getByRole('radio', { name: 'fetch' }).check();
    expect(await page.getByRole('region', { name: 'fetch' }).innerText()).toContain(
      'body: JSON.stringify({"mediaMode":"routed"}),',
    );
    await send(page);
    expect(curl).toContain(api.requests.at(-1)?.headers.authorization);
  });

  it('sets times with presets and a picker, and says them in words', async () => {
    const { page } = await openApi('issueToken');
    const field = fieldOf(page, 'Body', 'expireTime');
    expect(await field.getAttribute('placeholder')).toBe('default 0');
    await page.getByRole('button', { name: 'expireTime in 1 hour' }).click();
    const left = Number(await field.inputValue()) - Date.now() / 1000;
    expect(Math.abs(left - 3_600)).toBeLessThan(60);
    await page.getByText(/UTC, in 59 minutes|UTC, in 1 hour/).waitFor();
    await page.getByLabel('Date and time of expireTime').fill('2030-01-02T03:04');
    const expected = await page.evaluate(() => new Date('2030-01-02T03:04').getTime() / 1000);
    expect(await field.inputValue()).toBe(String(expected));
    await field.fill('soon');
    expect(await page.getByLabel('Date and time of expireTime').inputValue()).toBe('');
  });
});

describe('the menu', () => {
  it('filters by title, method, path and topic, and says when nothing matches', async () => {
    const { page } = await openApi();
    const links = page.getByRole('navigation', { name: 'Operations' }).getByRole('link');
    expect(await links.count()).toBe(operations.length);
    const filter = page.getByLabel('Filter operations');
    for (const text of ['delete', 'waiting', '/sessions', 'joinRoom']) {
      await filter.fill(text);
      const expected = operations.filter(({ id, method, path, summary, topic }) =>
        `${id} ${method} ${path} ${summary} ${topic}`.toLowerCase().includes(text.toLowerCase()),
      );
      expect(await links.count()).toBe(expected.length);
    }
    await filter.fill('nothing like it');
    await page.getByText('No operation matches “nothing like it”.').waitFor();
    expect(await links.count()).toBe(0);
  });

  it('marks the current operation, and keeps the focus', async () => {
    const { page } = await openApi();
    await choose(page, 'putRoom');
    expect(await page.locator('.menu [aria-current]').innerText()).toContain('PUT');
    expect(await page.locator(':focus').getAttribute('href')).toBe('#/api/putRoom');
  });
});

describe('the responses', () => {
  it('belong to their operations, and say when the form has changed since', async () => {
    const { page } = await openApi('createSession');
    expect(await send(page)).toMatch(/^201 /);
    await choose(page, 'readRoom');
    expect(await responseOf(page).innerText()).toBe('');
    await choose(page, 'createSession');
    expect(await responseOf(page).innerText()).toMatch(/^201 /);
    const stale = page.getByText('The form has changed since this response.');
    expect(await stale.isVisible()).toBe(false);
    await page.getByLabel('mediaMode').selectOption('routed');
    await stale.waitFor();
  });

  it('show the request and the response without scrolling at 1440 x 900', async () => {
    const { page } = await open({
      browser: { viewport: { width: 1440, height: 900 } },
      hash: '#/api/joinRoom',
    });
    await send(page);
    await page.mouse.move(600, 600);
    await page.mouse.wheel(0, 5_000);
    await expect.poll(() => page.evaluate(() => Object(globalThis).scrollY)).toBeGreaterThan(300);
    for (const part of [
      sendButton(page),
      page.getByRole('region', { name: 'curl' }),
      responseOf(page),
    ]) {
      const box = await part.boundingBox();
      expect(box?.y).toBeGreaterThan(0);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(900);
    }
  });

  it('have a copy button for every value', async () => {
    const { page } = await open({
      browser: { permissions: ['clipboard-read', 'clipboard-write'] },
      hash: '#/api/createSession',
    });
    await send(page);
    const session = JSON.parse(
      await page.evaluate(async () => (await fetch('/sessions', { method: 'POST' })).text()),
    );
    for (const name of Object.keys(session)) {
      await responseOf(page)
        .getByRole('button', { name: `Copy ${name}`, exact: true })
        .waitFor();
    }
    const line = responseOf(page).locator('.line', { hasText: '"sessionId"' });
    await line.getByRole('button').click();
    await line.getByText('Copied').waitFor();
    const copied = await page.evaluate(() => Object(globalThis).navigator.clipboard.readText());
    expect(await line.innerText()).toContain(copied);
    expect(copied).toMatch(/^[12]_/);
  });

  it('are kept as a history of 20, and one click restores request and response', async () => {
    const { page } = await openApi('readRoom');
    for (let index = 1; index <= 21; index += 1) {
      await fieldOf(page, 'Path', 'name').fill(`room-${index}`);
      await send(page);
    }
    await choose(page, 'createSession');
    await page.getByText('History').click();
    const entries = page.locator('.history').getByRole('button');
    expect(await entries.count()).toBe(20);
    await entries.filter({ hasText: '/rooms/room-7' }).click();
    expect(await fieldOf(page, 'Path', 'name').inputValue()).toBe('room-7');
    expect(await responseOf(page).innerText()).toMatch(/^404 /);
    await choose(page, 'createSession');
    expect(await responseOf(page).innerText()).toBe('');
  });

  it('show that a request is on its way, and send it once', async () => {
    const { page, api } = await openApi();
    const late = Promise.withResolvers<void>();
    api.fail({ kind: 'delay', until: late.promise });
    const before = api.requests.length;
    await sendButton(page).click();
    const sending = page.getByRole('button', { name: 'Sending …' });
    await sending.waitFor();
    await sending.press('Enter');
    expect(await page.locator(':focus').textContent()).toBe('Sending …');
    late.resolve();
    await page.getByText('201 Created').waitFor();
    expect(api.requests.length).toBe(before + 1);
    expect(await page.locator(':focus').textContent()).toBe('Send');
  });

  it('say that npm start may have stopped', async () => {
    const { page, complaints } = await openApi();
    await page.route(/sessions$/, (route) => route.abort());
    await sendButton(page).click();
    await responseOf(page).getByText('Is npm start still running?').waitFor();
    complaints.length = 0;
  });
});

describe('the address', () => {
  it('keeps operation, fields and caller over a reload', async () => {
    const { page } = await openApi('joinRoom');
    await fieldOf(page, 'Path', 'name').fill('shared');
    await page.getByLabel('data', { exact: true }).fill('name=Ada & more');
    await page.locator('summary', { hasText: 'session' }).click();
    await page.getByLabel('e2ee').selectOption('true');
    await page.getByRole('radio', { name: 'End user' }).check();
    await page.getByLabel('opentok_role').selectOption('subscriber');
    const curl = await page.getByRole('region', { name: 'curl' }).innerText();
    await expect.poll(() => page.url()).toContain('caller.role=subscriber');
    await page.reload();
    await expect.poll(() => page.getByRole('region', { name: 'curl' }).innerText()).toBe(curl);
    expect(await page.getByLabel('e2ee').isVisible()).toBe(true);
  });

  it('never has a secret', async () => {
    const { page, api } = await openApi('joinAsGuest');
    const token = `${btoa('{"alg":"HS256"}')}.${btoa('{"iss":"1"}')}.c2ln`;
    await fieldOf(page, 'Body', 'invite').fill('short');
    await fieldOf(page, 'Body', 'knock').fill('abc');
    await fieldOf(page, 'Body', 'data').fill(token);
    await fieldOf(page, 'Body', 'name').fill('Grace');
    await expect.poll(() => page.url()).toContain('Grace');
    expect(page.url()).toBe(`${api.url}/#/api/joinAsGuest?body.name=Grace`);
    await page.getByLabel('Edit as JSON').check();
    await page.getByLabel('Body', { exact: true }).fill(`{"invite":"short"}`);
    await expect.poll(() => page.url()).not.toContain('short');
  });
});

describe('a problem', () => {
  it('is beside its field, and the first such field has the focus', async () => {
    const { page } = await openApi();
    await page.getByLabel('archiveMode').selectOption('always');
    await page.getByLabel('location').fill('eu');
    expect(await send(page)).toContain('ValidationError: 2 fields are not valid.');
    const location = page.getByLabel('location');
    expect(await location.getAttribute('aria-invalid')).toBe('true');
    await page.locator('.error', { hasText: 'must be one IPv4 address' }).waitFor();
    await page.locator('.error', { hasText: 'always requires mediaMode routed' }).waitFor();
    expect(await page.locator(':focus').getAttribute('name')).toBe('location');

    await page.getByLabel('mediaMode').selectOption('routed');
    await location.fill('203.0.113.7');
    expect(await send(page)).toMatch(/^201/);
    expect(await page.locator('[aria-invalid]').count()).toBe(0);
  });

  it('of a missing path parameter is shown before anything is sent', async () => {
    const { page, api } = await openApi('decideKnock');
    await fieldOf(page, 'Path', 'name').fill('standup');
    const before = api.requests.length;
    await sendButton(page).click();
    await page.locator('.error', { hasText: 'Required: it is part of the path.' }).waitFor();
    expect(await page.locator(':focus').getAttribute('name')).toBe('knockId');
    expect(await page.locator('[aria-invalid]').count()).toBe(1);
    expect(api.requests.length).toBe(before);
    await fieldOf(page, 'Path', 'knockId').fill('m3Wj0rXbZ0m1vJ4yq9WkZw');
    await fieldOf(page, 'Body', 'decision').selectOption('admit');
    expect(await send(page)).toMatch(/^404 Not Found/);
    expect(await page.locator('[aria-invalid]').count()).toBe(0);
  });

  it('shows two errors of one field', async () => {
    const { page, api } = await openApi('createSession');
    const detail = { type: 'urn:opentok-sessions:validation-error', title: 'x', status: 400 };
    const errors = ['must be one', 'must be two'].map((text) => ({
      pointer: '#/location',
      detail: text,
    }));
    api.fail({
      ...{ kind: 'answer', status: 400, headers: { 'content-type': 'application/problem+json' } },
      body: JSON.stringify({ ...detail, detail: '2 errors.', errors }),
    });
    await send(page);
    const items = page.locator('.field', { hasText: 'location' }).locator('.error li');
    expect(await items.allInnerTexts()).toEqual(['must be one', 'must be two']);
  });

  it.each([
    ['joinRoom', 'Path', 'name', 'a b'],
    ['putRoom', 'Headers', 'If-Match', 'not a tag'],
  ] as const)('of %s is beside its parameter: %s %s', async (id, place, name, value) => {
    const { page } = await openApi(id);
    await fieldOf(page, place, name).fill(value);
    expect(await send(page)).toMatch(/^400 /);
    expect(await fieldOf(page, place, name).getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator(':focus').getAttribute('name')).toBe(name);
  });

  it('of a field in a group opens the group', async () => {
    const { page } = await openApi('joinRoom');
    await page.locator('summary', { hasText: 'session' }).click();
    await page.getByLabel('e2ee').selectOption('true');
    await page.locator('summary', { hasText: 'session' }).click();
    await send(page);
    await page.locator('.error', { hasText: 'true requires mediaMode routed' }).waitFor();
    expect(await page.getByLabel('e2ee').getAttribute('aria-invalid')).toBe('true');
  });

  it('without a field is listed with its pointer', async () => {
    const { page } = await openApi();
    await page.getByLabel('Edit as JSON').check();
    await page.getByLabel('Body', { exact: true }).fill('{"colour":"red"}');
    await send(page);
    await page.locator('.error', { hasText: /#\/colour is not one of mediaMode/ }).waitFor();
    await page.getByLabel('Body', { exact: true }).fill('{');
    expect(await send(page)).toContain('ValidationError: The body is not valid JSON');
  });

  it('of every kind is shown with its name', async () => {
    const { page, api } = await openApi();
    for (const name of FAULT_NAMES) {
      const fault = makeFault(name, 'A detail.', { retryAfterSeconds: 7 });
      const { statusCode: status, ...answer } = toProblemResponse(fault, REQUEST_ID, {
        auth: 'none',
      });
      api.fail({ kind: 'answer', status, ...answer });
      const shown = await send(page);
      expect(shown).toMatch(new RegExp(`^${status} `));
      expect(shown).toContain(`${name}: A detail. (request ${REQUEST_ID})`);
      await responseOf(page).getByText('Headers', { exact: true }).click();
      await page.getByText('retry-after: 7').waitFor();
    }
  });

  it('that is not from the API is shown unchanged', async () => {
    const { page, api } = await openApi();
    api.fail({ kind: 'answer', status: 502, body: '<h1>proxy</h1>' });
    const shown = await send(page);
    expect(shown).toContain('UnexpectedResponseError: Response 502');
    expect(shown).toContain('<h1>proxy</h1>');
  });
});

describe('a played end user', () => {
  it.each([
    [
      'subscriber',
      '403',
      'Only moderators may create sessions; the highest role allowed is subscriber.',
    ],
    ['', '403', 'the highest role allowed is publisher.'],
    ['moderator', '201', 'sessionId'],
  ])('with the role "%s" who creates a session receives %s', async (role, status, words) => {
    const { page } = await openApi();
    await page.getByRole('radio', { name: 'End user' }).check();
    await page.getByLabel('opentok_role').selectOption(role);
    const shown = await send(page);
    expect(shown).toMatch(new RegExp(`^${status} `));
    expect(shown).toContain(words);
  });
});
