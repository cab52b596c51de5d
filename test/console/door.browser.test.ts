/** A host's door in a real browser: invites, who waits, and what becomes of them. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useConsole } from './open-console.ts';

const open = useConsole();

const paneOf = (page: Page, name: string) => page.getByRole('form', { name: `Pane of ${name}` });
const join = (page: Page, name: string) =>
  paneOf(page, name).getByRole('button', { name: 'Join', exact: true }).click();

/** Opens the door of a room of its own: tests share one table. */
async function openDoor(page: Page, room: string, admission = 'open') {
  await page.getByLabel('Room', { exact: true }).fill(room);
  const pane = paneOf(page, 'Ada');
  await pane.getByText('The door').click();
  await pane.getByText('There is no such room yet.').waitFor();
  if (admission !== 'open') {
    await pane.getByLabel('Admission').selectOption(admission);
    await pane.getByText(admission === 'knock' ? 'Nobody waits.' : 'There is no').waitFor();
  }
  return pane;
}

describe('an invite', () => {
  it('that the host makes lets the other person in as a guest, and in again', async () => {
    const { page, api } = await open();
    const door = await openDoor(page, 'invited');
    await door.getByRole('button', { name: 'Make an invite' }).click();
    const link = await door.getByRole('link').getAttribute('href');
    expect(link).toMatch(new RegExp(`^${api.url}/#invite=invited[.][\\w-]{16}[.][\\w-]{43}$`));

    const guest = paneOf(page, 'Grace');
    expect(await guest.getByLabel('Comes as').inputValue()).toBe('a guest');
    expect(await guest.getByLabel('Role').isVisible()).toBe(false);
    await join(page, 'Grace');
    await guest.getByText('In the room invited as publisher.').waitFor();
    await guest.getByRole('button', { name: 'Inspect the token' }).click();
    await page.getByText('"sub":"guest:').first().waitFor();
    // The invite is for one, who is known when they come back.
    await guest.getByRole('button', { name: 'Leave' }).click();
    await join(page, 'Grace');
    await guest.getByText('In the room invited as publisher.').waitFor();
    expect(api.requests.filter(({ path }) => path.includes('invited.'))).toEqual([]);
  });

  it('in a link makes whoever opens it the guest, and leaves the address at once', async () => {
    const { page, api } = await open();
    const door = await openDoor(page, 'linked');
    await door.getByRole('button', { name: 'Make an invite' }).click();
    const link = (await door.getByRole('link').getAttribute('href')) ?? '';
    await page.goto('about:blank');
    await page.goto(link);
    const guest = paneOf(page, 'Grace');
    await guest.getByLabel('Invite').waitFor();
    expect(page.url()).toBe(`${api.url}/`);
    await join(page, 'Grace');
    await guest.getByText('In the room linked as publisher.').waitFor();

    // Pasted over the address of the page that is open.
    await page.evaluate(() => {
      Object.assign(globalThis, { location: '#invite=another' });
    });
    await guest.getByRole('button', { name: 'Leave' }).click();
    await page.evaluate(() => {
      Object.assign(globalThis, { location: '#invite=third' });
    });
    await page.waitForFunction(() => !String(Object(globalThis).location).includes('#'));
    expect(await guest.getByLabel('Invite').inputValue()).toBe('third');
    await join(page, 'Grace');
    await guest.getByText('InviteNotFoundError').waitFor();
  });
});

describe('a waiting room', () => {
  it('shows who waits, an end user and a guest, and lets the host admit and deny', async () => {
    const { page } = await open();
    const host = await openDoor(page, 'knocking', 'knock');
    await join(page, 'Ada');
    await host.getByText('In the room knocking as publisher.').waitFor();
    const other = paneOf(page, 'Grace');
    await other.getByLabel('Comes as').selectOption('a user');
    await other.getByLabel('Role').selectOption('publisher');
    await join(page, 'Grace');
    await other.getByText('Waiting for a host to decide …').waitFor();
    const waiting = host.getByRole('list', { name: 'Who waits' });
    await waiting.getByRole('button', { name: 'Admit Grace' }).click();
    await other.getByText('In the room knocking as publisher.').waitFor();
    await other.getByRole('button', { name: 'Leave' }).click();

    await host.getByRole('button', { name: 'Make an invite' }).click();
    await other.getByLabel('Name').fill('Edsger');
    await join(page, 'Grace');
    await waiting.getByRole('button', { name: 'Deny Edsger' }).press('Enter');
    await other.getByText('AdmissionDeniedError').waitFor();
    // The button is gone, and the keyboard is where it can go on from.
    expect(await page.locator(':focus').textContent()).toBe('The door');
    expect(await waiting.getByRole('listitem').count()).toBe(0);
  });

  it('is left by who gives up', async () => {
    const { page, api } = await open();
    await openDoor(page, 'impatient', 'knock');
    const other = paneOf(page, 'Grace');
    await other.getByLabel('Comes as').selectOption('a user');
    await other.getByLabel('Role').selectOption('subscriber');
    await join(page, 'Grace');
    await other.getByText('Waiting for a host to decide …').waitFor();
    await other.getByRole('button', { name: 'Give up' }).click();
    await other.getByText('Not in the room.').waitFor();
    const asked = () =>
      api.requests.filter(({ path }) => path.endsWith('/impatient/tokens')).length;
    const before = asked();
    // Two looks of the host, each later than the poll of who waits would be.
    for (const _ of ['first', 'second']) await page.waitForResponse(/impatient[/]knocks$/);
    expect(asked()).toBe(before);
  });

  it('says how many wait, and leaves those where they are who still do', async () => {
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
    const host = await openDoor(page, 'counted', 'knock');
    const waiting = host.getByRole('list', { name: 'Who waits' });
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
    await host.getByText('Nobody waits.').waitFor();
    expect(await page.locator(':focus').textContent()).toBe('The door');
  });

  it('that is closed is not looked at any more', async () => {
    const { page, api } = await open({ prepare: (page) => page.clock.install() });
    const looks = () => api.requests.filter(({ path }) => path.endsWith('/quiet/knocks')).length;
    const host = await openDoor(page, 'quiet', 'knock');
    const looked = page.waitForResponse(/quiet[/]knocks$/);
    await page.clock.runFor(3_000);
    await looked;
    await host.getByText('The door').click();
    const before = looks();
    for (let looking = 0; looking < 4; looking += 1) {
      await page.clock.runFor(3_000);
      // What the page has asked until now is answered by then.
      await page.evaluate(async () => (await fetch('/openapi.json')).text());
    }
    expect(looks()).toBe(before);
  });
});

describe('a door', () => {
  it('that is closed lets no end user in, and keeps the other rules of the room', async () => {
    const { page, api } = await open();
    const opensAt = Math.floor(Date.now() / 1000) - 60;
    await fetch(`${api.url}/rooms/locked`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ opensAt, defaultRole: 'subscriber' }),
    });
    await page.getByLabel('Room', { exact: true }).fill('locked');
    const host = paneOf(page, 'Ada');
    await host.getByText('The door').click();
    const changed = page.waitForResponse((response) => response.request().method() === 'PUT');
    await host.getByLabel('Admission').selectOption('closed');
    await changed;
    const room = await fetch(`${api.url}/rooms/locked`);
    expect(await room.json()).toMatchObject({
      opensAt,
      defaultRole: 'subscriber',
      admission: 'closed',
    });
    const other = paneOf(page, 'Grace');
    await other.getByLabel('Comes as').selectOption('a user');
    await other.getByLabel('Role').selectOption('publisher');
    await join(page, 'Grace');
    await other.getByText('RoomLockedError').waitFor();
  });
});
