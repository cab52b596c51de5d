/** The host's controls in a real browser: invites, the waiting room, and the rules of the room. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useConsole } from './open-console.ts';

const open = useConsole();

const HOST = 'Host (moderator)';
const SECOND = 'Second person';
const ADMISSIONS = { open: 'Everyone', knock: 'Ask to join', closed: 'Hosts only' } as const;
const paneOf = (page: Page, title: string) => page.getByRole('form', { name: title });
const join = (page: Page, title: string) =>
  paneOf(page, title).getByRole('button', { name: 'Join', exact: true }).click();

/** Joins a room as its host. Tests share one table, so each has its own room. */
async function hostRoom(page: Page, room: string, admission: keyof typeof ADMISSIONS = 'open') {
  await page.getByLabel('Room', { exact: true }).fill(room);
  await join(page, HOST);
  const host = paneOf(page, HOST);
  await host.getByText(`In the room ${room} as moderator.`).waitFor();
  if (admission !== 'open') {
    const changed = page.waitForResponse((response) => response.request().method() === 'PUT');
    await host.getByRole('radio', { name: ADMISSIONS[admission] }).check();
    expect((await changed).status()).toBe(200);
    if (admission === 'knock') await host.getByText('No one is waiting.').waitFor();
  }
  return host;
}

describe('an invite', () => {
  it('lets the second person in as a guest, who stays the same guest', async () => {
    const { page, api } = await open();
    const host = await hostRoom(page, 'invited');
    await host.getByRole('button', { name: 'Invite a guest' }).click();
    const link = await host.getByRole('link').getAttribute('href');
    expect(link).toMatch(new RegExp(`^${api.url}/#invite=invited[.][\\w-]{16}[.][\\w-]{43}$`));

    const guest = paneOf(page, SECOND);
    expect(await guest.getByLabel('Guest', { exact: true }).isChecked()).toBe(true);
    expect(await guest.getByLabel('Role').isVisible()).toBe(false);
    await join(page, SECOND);
    await guest.getByText('In the room invited as publisher.').waitFor();
    // The invite is for one guest, who is recognized after leaving.
    await guest.getByRole('button', { name: 'Leave' }).click();
    await join(page, SECOND);
    await guest.getByText('In the room invited as publisher.').waitFor();
    await guest.getByRole('button', { name: 'Inspect the token' }).click();
    await page.getByText('"sub":"guest:').first().waitFor();
  });

  it('opens the page by its link, which keeps the secret out of the address', async () => {
    const { page, api } = await open();
    const host = await hostRoom(page, 'linked');
    await host.getByRole('button', { name: 'Invite a guest' }).click();
    const link = (await host.getByRole('link').getAttribute('href')) ?? '';
    await page.goto('about:blank');
    await page.goto(link);
    const guest = paneOf(page, SECOND);
    await guest.getByLabel('Invite').waitFor();
    expect(page.url()).toBe(`${api.url}/`);
    await join(page, SECOND);
    await guest.getByText('In the room linked as publisher.').waitFor();

    // Pasted over the address of the open page.
    await page.evaluate(() => {
      Object.assign(globalThis, { location: '#invite=another' });
    });
    await guest.getByRole('button', { name: 'Leave' }).click();
    await page.evaluate(() => {
      Object.assign(globalThis, { location: '#invite=third' });
    });
    await page.waitForFunction(() => !String(Object(globalThis).location).includes('third'));
    expect(await guest.getByLabel('Invite').inputValue()).toBe('third');
    await join(page, SECOND);
    await guest.getByText('InviteNotFoundError').waitFor();
  });
});

describe('the waiting room', () => {
  it('shows a user and a guest who wait, and lets the host admit and deny', async () => {
    const { page } = await open();
    const host = await hostRoom(page, 'knocking', 'knock');
    const second = paneOf(page, SECOND);
    await join(page, SECOND);
    await second.getByText('Waiting for the host to decide …').waitFor();
    const waiting = host.getByRole('list', { name: 'Waiting room' });
    await waiting.getByRole('button', { name: 'Admit Grace' }).click();
    await second.getByText('In the room knocking as publisher.').waitFor();
    // Polling is one entry for each person, and does not replace the code that is shown.
    const requests = page.getByRole('list', { name: 'Requests' }).getByRole('button');
    expect((await requests.allInnerTexts()).map((text) => text.split('\n')[0])).toEqual([
      'Ada admits Grace',
      'Grace joins',
      'Ada looks into the waiting room',
      'Ada sets who can join: ask to join',
      'Ada joins',
      'Ada creates the room',
    ]);
    expect(await requests.first().getAttribute('aria-current')).toBe('true');
    // Both are in one session: the host created the room before restricting it.
    expect(await host.locator('.tile').count()).toBe(2);
    await second.getByRole('button', { name: 'Leave' }).click();

    await host.getByRole('button', { name: 'Invite a guest' }).click();
    await host.getByRole('link').waitFor();
    await second.getByLabel('Name').fill('Edsger');
    await join(page, SECOND);
    await waiting.getByRole('button', { name: 'Deny Edsger' }).press('Enter');
    await second.getByText('AdmissionDeniedError').waitFor();
    // The button is gone, and the focus is on another one.
    expect(await page.locator(':focus').textContent()).toBe('Invite a guest');
    expect(await waiting.getByRole('listitem').count()).toBe(0);
  });

  it('is not polled any more after Cancel', async () => {
    const { page, api } = await open();
    await hostRoom(page, 'impatient', 'knock');
    const second = paneOf(page, SECOND);
    await join(page, SECOND);
    await second.getByText('Waiting for the host to decide …').waitFor();
    await second.getByRole('button', { name: 'Cancel' }).click();
    await second.getByText('Not in the room.').waitFor();
    const sent = () => api.requests.filter(({ path }) => path.endsWith('/impatient/tokens')).length;
    const before = sent();
    // Two polls of the host, each later than the next poll of the second person would be.
    for (const _ of ['first', 'second']) await page.waitForResponse(/impatient[/]knocks$/);
    expect(sent()).toBe(before);
  });

  it('says how many wait, and keeps the others in place', async () => {
    const lists = [[], ['Ada', 'Grace'], ['Grace', 'Edsger'], []];
    const { page } = await open({
      prepare: async (page) => {
        await page.clock.install();
        await page.route(/counted[/]knocks$/, (route) => {
          const names = lists.shift() ?? [];
          const knocks = names.map((name) => ({ knockId: name, sub: name, name, since: 1 }));
          return route.fulfill({ json: { knocks } });
        });
      },
    });
    const host = await hostRoom(page, 'counted', 'knock');
    const waiting = host.getByRole('list', { name: 'Waiting room' });
    const namesOf = () => waiting.locator('strong').allTextContents();
    await page.clock.runFor(3_000);
    await host.getByText('2 waiting.').waitFor();
    expect(await namesOf()).toEqual(['Ada', 'Grace']);
    await waiting.getByRole('button', { name: 'Admit Grace' }).focus();
    await page.clock.runFor(3_000);
    await waiting.getByText('Edsger', { exact: true }).waitFor();
    expect(await namesOf()).toEqual(['Grace', 'Edsger']);
    expect(await page.locator(':focus').textContent()).toBe('Admit Grace');
    await page.clock.runFor(3_000);
    await host.getByText('No one is waiting.').waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Invite a guest');
  });

  it('is not read any more after the host has left', async () => {
    const { page, api } = await open({ prepare: (page) => page.clock.install() });
    const reads = () => api.requests.filter(({ path }) => path.endsWith('/quiet/knocks')).length;
    const host = await hostRoom(page, 'quiet', 'knock');
    const read = page.waitForResponse(/quiet[/]knocks$/);
    await page.clock.runFor(3_000);
    await read;
    await host.getByRole('button', { name: 'Leave' }).click();
    const before = reads();
    for (let polls = 0; polls < 4; polls += 1) {
      await page.clock.runFor(3_000);
      // The page has received every response to its earlier requests by then.
      await page.evaluate(async () => (await fetch('/openapi.json')).text());
    }
    expect(reads()).toBe(before);
  });
});

describe('the rules', () => {
  it('that are not changed are kept when the host closes the room', async () => {
    const { page, api } = await open();
    const opensAt = Math.floor(Date.now() / 1000) - 60;
    await fetch(`${api.url}/rooms/locked`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ opensAt, defaultRole: 'subscriber' }),
    });
    await hostRoom(page, 'locked', 'closed');
    const room = await fetch(`${api.url}/rooms/locked`);
    expect(await room.json()).toMatchObject({
      opensAt,
      defaultRole: 'subscriber',
      admission: 'closed',
    });
    await join(page, SECOND);
    await paneOf(page, SECOND).getByText('RoomLockedError').waitFor();
  });

  it('that are rejected when the admission changes are shown, and the admission stays', async () => {
    const { page } = await open();
    const host = await hostRoom(page, 'past');
    await page.route(/rooms[/]past$/, (route) =>
      route.request().method() === 'PUT'
        ? route.fulfill({
            status: 400,
            json: {
              type: 'urn:opentok-sessions:validation-error',
              detail: '1 field is not valid.',
              errors: [{ pointer: '#/closesAt', detail: 'must be later than now' }],
            },
          })
        : route.continue(),
    );
    await host.getByRole('radio', { name: ADMISSIONS.closed }).click();
    await host.locator('.error', { hasText: 'must be later than now' }).waitFor();
    expect(await host.getByRole('radio', { name: ADMISSIONS.open }).isChecked()).toBe(true);
  });

  it.each([
    { width: 390, height: 844 },
    { width: 1440, height: 900 },
  ])('say that they are saved where it is seen: %o', async (viewport) => {
    const { page } = await open({ browser: { viewport } });
    const host = await hostRoom(page, `saved-${viewport.width}`);
    await host.getByText('Rules of the room').click();
    // As a user scrolls: the button is at the lower end of the window.
    await host.getByRole('button', { name: 'Save rules' }).evaluate((button) => {
      Object(button).scrollIntoView({ block: 'end' });
    });
    await host.getByRole('button', { name: 'Save rules' }).click();
    const saved = host.getByText('Rules saved.');
    await saved.waitFor();
    const isOnTop = await saved.evaluate((element) => {
      const { left, top } = Object(element).getBoundingClientRect();
      return Object(globalThis).document.elementFromPoint(left + 5, top + 10) === element;
    });
    expect(isOnTop).toBe(true);
  });

  it('are shown again instead of saved if another host has changed them', async () => {
    const { page, api } = await open();
    const host = await hostRoom(page, 'two-hosts');
    await host.getByText('Rules of the room').click();
    await fetch(`${api.url}/rooms/two-hosts`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ maxParticipants: 5, admission: 'closed' }),
    });
    await host.getByLabel('reference').fill('mine');
    await host.getByRole('button', { name: 'Save rules' }).click();
    await host.getByText('Another host has changed the rules.').waitFor();
    expect(await host.getByLabel('maxParticipants').inputValue()).toBe('5');
    expect(await host.getByLabel('reference').inputValue()).toBe('');
    await host.getByLabel('reference').fill('mine');
    for (const _ of ['first', 'second']) {
      await host.getByRole('button', { name: 'Save rules' }).click();
      await host.getByText('Rules saved.').waitFor();
    }
    const room = await fetch(`${api.url}/rooms/two-hosts`);
    expect(await room.json()).toMatchObject({
      ...{ maxParticipants: 5, admission: 'closed', reference: 'mine' },
    });
  });

  it('can be changed, and an error is beside its field', async () => {
    const { page, api } = await open();
    const host = await hostRoom(page, 'ruled');
    await host.getByText('Rules of the room').click();
    await host.getByRole('button', { name: 'opensAt in 1 day' }).click();
    await host.getByRole('button', { name: 'closesAt in 1 hour' }).click();
    await host.getByRole('button', { name: 'Save rules' }).click();
    await host.locator('.error', { hasText: 'must be later than opensAt' }).waitFor();
    const closesAt = host.getByLabel('closesAt', { exact: true });
    expect(await closesAt.getAttribute('aria-invalid')).toBe('true');
    await host.getByRole('button', { name: 'closesAt in 7 days' }).click();
    await host.getByRole('button', { name: 'Save rules' }).click();
    await host.getByLabel('disconnectAtClose').selectOption('true');
    await host.getByLabel('maxParticipants').fill('0');
    await host.getByRole('button', { name: 'Save rules' }).click();
    await host.locator('.error', { hasText: '1 to 15000' }).waitFor();
    await host.getByLabel('maxParticipants').fill('12');
    await host.getByLabel('reference').fill('lesson 7');
    await host.getByRole('button', { name: 'Save rules' }).click();
    await host.getByText('Rules saved.').waitFor();
    const room = (await (await fetch(`${api.url}/rooms/ruled`)).json()) as Record<string, number>;
    expect(room).toMatchObject({
      closesAt: Number(await closesAt.inputValue()),
      disconnectAtClose: true,
      maxParticipants: 12,
      reference: 'lesson 7',
    });
    await host.getByText('1 of 12').waitFor();
    // What is not saved yet stays when the admission changes.
    await host.getByLabel('reference').fill('lesson 8');
    await host.getByRole('radio', { name: ADMISSIONS.knock }).check();
    await host.getByText('No one is waiting.').waitFor();
    expect(await host.getByLabel('reference').inputValue()).toBe('lesson 8');
    await closesAt.fill('');
    await host.getByRole('button', { name: 'Save rules' }).click();
    await host.locator('.error', { hasText: 'needs closesAt' }).waitFor();
    await host.getByLabel('disconnectAtClose').selectOption('');
    await host.getByLabel('opensAt', { exact: true }).fill('');
    await host.getByRole('button', { name: 'Save rules' }).click();
    await expect
      .poll(async () => (await fetch(`${api.url}/rooms/ruled`)).json())
      .toMatchObject({ opensAt: null, closesAt: null });
  });
});
