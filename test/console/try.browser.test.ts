/** The forms in a real browser, in front of the real functions. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type ApiDocument, type Field, readOperations } from '../../console/operations.ts';
import openapi from '../../docs/openapi.json' with { type: 'json' };
import { toProblemResponse } from '../../lib/events/http-response.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { makeFault } from '../../tools/openapi/texts/faults.ts';
import { OPENTOK_SECRET, REQUEST_ID } from '../support/fixtures.ts';
import { FAULT_NAMES } from './fault-names.ts';
import { useConsole } from './open-console.ts';

const open = useConsole();
const operations = readOperations(openapi as unknown as ApiDocument);
const sessionId = mintSessionId({ projectId: OPENTOK_SECRET.apiKey });

const required = (fields: readonly Field[] = []) => fields.filter(({ isRequired }) => isRequired);
const choose = (page: Page, id: string) => page.locator(`input[value="${id}"]`).check();
const fieldOf = (page: Page, place: 'Path' | 'Query' | 'Headers' | 'Body', name: string) =>
  page.getByRole('group', { name: place, exact: true }).getByLabel(name, { exact: true });
const answerOf = (page: Page) => page.getByRole('status', { name: 'Answer' });

async function send(page: Page): Promise<string> {
  const answered = page.waitForResponse(() => true);
  await page.getByRole('button', { name: 'Send' }).click();
  await answered;
  await page.locator('button[type=submit]:enabled', { hasText: 'Send' }).waitFor();
  return answerOf(page).innerText();
}

describe('a form', () => {
  it.each(operations.map(({ id }) => id))(
    'for each operation of the document is sent as it stands: %s',
    async (id) => {
      const { page, api } = await open();
      const operation = operations.find((one) => one.id === id);
      await choose(page, id);
      for (const { name, example, place } of operation?.parameters ?? []) {
        const value = name === 'sessionId' ? sessionId : example;
        // What has no example is a choice, which may be left out.
        if (place === 'path' && value !== undefined)
          await fieldOf(page, 'Path', name).fill(String(value));
      }
      for (const { name, kind, choices, example } of required(operation?.body)) {
        const control = fieldOf(page, 'Body', name);
        if (kind === 'choice') await control.selectOption(choices[0] ?? '');
        else await control.fill(String(example));
      }
      if (id === 'joinAsGuest') await fieldOf(page, 'Body', 'invite').fill('none.of.these');
      const answer = await send(page);
      expect(answer).toMatch(/^(?:20[014] |404 Not Found)/);
      const { method, path } = api.requests.at(-1) ?? {};
      expect([method, path?.split('/')[1]]).toEqual([
        operation?.method,
        operation?.path.split('/')[1],
      ]);
    },
  );

  it('has every field, limit and default of the document, and its help', async () => {
    const { page } = await open();
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
          preset === undefined ? 'left out' : `left out (${preset})`,
          ...choices,
        ]);
      }
    }
  });

  it('makes a session, and a token for it that goes on to the inspector', async () => {
    const { page, api } = await open();
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
    await page.getByLabel('expireTime').fill(String(Math.floor(Date.now() / 1000) + 600));
    expect(await send(page)).toMatch(/^201 Created/);
    expect(JSON.parse(api.requests.at(-1)?.body ?? '')).toMatchObject({
      role: 'moderator',
      initialLayoutClassList: ['focus', 'full'],
      expireTime: expect.any(Number),
    });
    await page.getByRole('button', { name: 'Inspect this token' }).click();
    await page.getByText('No rule speaks against this token.').waitFor();
  });

  it('sends what goes into the query and the headers', async () => {
    const { page, api } = await open();
    await choose(page, 'sampleRoom');
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

  it('leads from an invite to its guest, and from who waits to the decision', async () => {
    const { page, api } = await open();
    await choose(page, 'putRoom');
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
    await page.getByRole('button', { name: 'Take the invite Grace back' }).click();
    expect(await send(page)).toMatch(/^204 /);
    expect(api.requests.filter(({ path }) => /[?].*clinic[.]/.test(path))).toEqual([]);
  });

  it('shows the request in the forms that people paste, as it will be sent', async () => {
    const { page, api } = await open();
    await page.getByLabel('mediaMode').selectOption('routed');
    await page.getByLabel('an end user').check();
    await page.getByLabel('sub', { exact: true }).fill("O'Hara");
    const curl = await page.getByRole('region', { name: 'curl' }).innerText();
    expect(curl.split(' \\\n  ')).toEqual([
      `curl -sS -X POST '${api.url}/sessions'`,
      "-H 'content-type: application/json'",
      expect.stringMatching(/^-H 'authorization: Bearer [\w-]+\.[\w-]+\.'$/),
      `--data-raw '{"mediaMode":"routed"}'`,
    ]);
    expect(await page.getByRole('region', { name: 'fetch' }).innerText()).toContain(
      'body: JSON.stringify({"mediaMode":"routed"}),',
    );
    await send(page);
    expect(curl).toContain(api.requests.at(-1)?.headers.authorization);
  });
});

describe('a problem', () => {
  it('of a field stands beside it, and the first such field is where one goes on', async () => {
    const { page } = await open();
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

  it('of an address that lacks something is told before anything is sent', async () => {
    const { page, api } = await open();
    await choose(page, 'decideKnock');
    await fieldOf(page, 'Path', 'name').fill('standup');
    const before = api.requests.length;
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.error', { hasText: 'The address needs it' }).waitFor();
    expect(await page.locator(':focus').getAttribute('name')).toBe('knockId');
    expect(await page.locator('[aria-invalid]').count()).toBe(1);
    expect(api.requests.length).toBe(before);
    await fieldOf(page, 'Path', 'knockId').fill('nobody');
    await fieldOf(page, 'Body', 'decision').selectOption('admit');
    expect(await send(page)).toMatch(/^404 Not Found/);
    expect(await page.locator('[aria-invalid]').count()).toBe(0);
  });

  it('of a field in a field opens what it stands in', async () => {
    const { page } = await open();
    await choose(page, 'joinRoom');
    await page.getByLabel('name', { exact: true }).fill('standup');
    await page.locator('summary', { hasText: 'session' }).click();
    await page.getByLabel('e2ee').selectOption('true');
    await page.locator('summary', { hasText: 'session' }).click();
    await send(page);
    await page.locator('.error', { hasText: 'true requires mediaMode routed' }).waitFor();
    expect(await page.getByLabel('e2ee').getAttribute('aria-invalid')).toBe('true');
  });

  it('of no field of the form is listed with where it is', async () => {
    const { page } = await open();
    await page.getByLabel('Write the body by hand').check();
    await page.getByLabel('Body', { exact: true }).fill('{"colour":"red"}');
    expect(await send(page)).toMatch(/#\/colour is not one of mediaMode/);
    await page.getByLabel('Body', { exact: true }).fill('{');
    expect(await send(page)).toContain('ValidationError: The body is not valid JSON');
  });

  it('of every kind is shown by its name', async () => {
    const { page, api } = await open();
    for (const name of FAULT_NAMES) {
      const fault = makeFault(name, 'Told to whoever asked.', { retryAfterSeconds: 7 });
      const { statusCode: status, ...answer } = toProblemResponse(fault, REQUEST_ID, {
        auth: 'none',
      });
      api.fail({ kind: 'answer', status, ...answer });
      const shown = await send(page);
      expect(shown).toMatch(new RegExp(`^${status} `));
      expect(shown).toContain(`${name}: Told to whoever asked. (request ${REQUEST_ID})`);
      await page.getByText('Headers', { exact: true }).click();
      await page.getByText('retry-after: 7').waitFor();
    }
  });

  it('that is none of the API is shown as it came', async () => {
    const { page, api } = await open();
    api.fail({ kind: 'answer', status: 502, body: '<h1>proxy</h1>' });
    const shown = await send(page);
    expect(shown).toContain('UnexpectedResponseError: Response 502');
    expect(shown).toContain('<h1>proxy</h1>');
  });
});

describe('an end user who is played', () => {
  it.each([
    [
      'subscriber',
      '403',
      'Only moderators may create sessions; the highest role allowed is subscriber.',
    ],
    ['', '403', 'the highest role allowed is publisher.'],
    ['moderator', '201', 'sessionId'],
  ])('as "%s" who creates a session is answered %s', async (role, status, words) => {
    const { page } = await open();
    await page.getByLabel('an end user').check();
    await page.getByLabel('opentok_role').selectOption(role);
    const shown = await send(page);
    expect(shown).toMatch(new RegExp(`^${status} `));
    expect(shown).toContain(words);
  });
});
