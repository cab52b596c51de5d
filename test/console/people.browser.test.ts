/** The people in a room in a real browser: the host sees, removes and bans them, and ends the meeting. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useConsole } from './open-console.ts';

const open = useConsole();

const HOST = 'Host (moderator)';
const SECOND = 'Second person';
const paneOf = (page: Page, title: string) => page.getByRole('form', { name: title });
const join = (page: Page, title: string) =>
  paneOf(page, title).getByRole('button', { name: 'Join', exact: true }).click();
const peopleIn = (page: Page) => page.getByRole('list', { name: 'People in the room' });
const namesOf = (page: Page) => peopleIn(page).locator('strong').allTextContents();

/** Tests share one table, so each has its own room. */
async function joinBoth(page: Page, room: string) {
  await page.getByLabel('Room', { exact: true }).fill(room);
  await page.getByRole('button', { name: 'Join both' }).click();
  await paneOf(page, SECOND).getByText(`In the room ${room} as publisher.`).waitFor();
  await peopleIn(page).locator('strong', { hasText: 'Grace' }).waitFor();
  return { host: paneOf(page, HOST), second: paneOf(page, SECOND) };
}

/** The requests of the demo, the newest first, without method, path and status. */
const stepsOf = async (page: Page) => {
  const entries = page.getByRole('list', { name: 'Requests' }).getByRole('button');
  return (await entries.allInnerTexts()).map((text) => text.split('\n')[0]);
};

describe('the people in the room', () => {
  it('are shown to the host alone, as they join and leave', async () => {
    const { page } = await open();
    await page.getByLabel('Room', { exact: true }).fill('seen');
    await join(page, HOST);
    await peopleIn(page).locator('strong', { hasText: 'Ada' }).waitFor();
    expect(await peopleIn(page).innerText()).toMatch(/^Ada\s*you\s*since [\d:]+ [AP]M$/);
    await join(page, SECOND);
    await peopleIn(page).locator('strong', { hasText: 'Grace' }).waitFor();
    expect(await namesOf(page)).toEqual(['Ada', 'Grace']);
    expect(await page.getByRole('list', { name: 'People in the room' }).count()).toBe(1);
    await paneOf(page, SECOND).getByRole('button', { name: 'Leave' }).click();
    await expect.poll(() => namesOf(page)).toEqual(['Ada']);
    // Reading them is not a step of the demo.
    expect(await stepsOf(page)).toEqual(['Grace joins', 'Ada joins', 'Ada creates the room']);
    await paneOf(page, HOST).getByRole('button', { name: 'Leave' }).click();
    await peopleIn(page).waitFor({ state: 'hidden' });
  });

  it('are read again every 10 seconds, but not in the background or behind another view', async () => {
    const { page, api } = await open({ prepare: (page) => page.clock.install() });
    const { host } = await joinBoth(page, 'polled');
    const reads = () =>
      api.requests.filter(({ path }) => path.endsWith('/polled/participants')).length;
    const sessionId = await sessionOf(page);
    const connect = (sub: string) => {
      api.platform.connect(sessionId, { data: JSON.stringify({ sub }) });
      return api.platform.callbacksSettled();
    };
    await connect('Edsger');
    await page.clock.runFor(10_000);
    await peopleIn(page).locator('strong', { hasText: 'Edsger' }).waitFor();

    const pass = async () => {
      await page.clock.runFor(30_000);
      // The page has received every response to its earlier requests by then.
      await page.evaluate(async () => (await fetch('/openapi.json')).text());
    };
    await page.getByRole('link', { name: 'API explorer' }).click();
    await pass();
    const behind = reads();
    await pass();
    expect(reads()).toBe(behind);
    await page.getByRole('link', { name: 'Join a room', exact: true }).click();
    await page.clock.runFor(10_000);
    await expect.poll(reads).toBe(behind + 1);

    await setHidden(page, true);
    await pass();
    const hidden = reads();
    await pass();
    expect(reads()).toBe(hidden);
    await connect('Barbara');
    await setHidden(page, false);
    await peopleIn(page).locator('strong', { hasText: 'Barbara' }).waitFor();
    await host.getByRole('button', { name: 'Refresh' }).click();
    await host.getByText('4 people are in.').waitFor();
    expect((await stepsOf(page))[0]).toBe('Ada lists the people');
  });

  it('are removed, and can join again', async () => {
    const { page } = await open();
    const { host, second } = await joinBoth(page, 'removed');
    await host.getByRole('button', { name: 'Remove Grace' }).press('Enter');
    await host.getByText('Grace was removed and can join again.').waitFor();
    await second.getByText('A moderator ended the connection.').waitFor();
    expect(await namesOf(page)).toEqual(['Ada']);
    // The button is gone, and the focus is on another one.
    expect(await page.locator(':focus').textContent()).toBe('Refresh');
    const code = page.getByRole('region', { name: 'Client' });
    expect(await code.innerText()).toMatch(
      /await client\.decideParticipant\('removed', '[\w-]{22}', \{ decision: 'remove' \}\);/,
    );
    await join(page, SECOND);
    await second.getByText('In the room removed as publisher.').waitFor();
  });

  it('are banned, and allowed again', async () => {
    const { page } = await open();
    const { host, second } = await joinBoth(page, 'banned');
    await host.getByRole('button', { name: 'Ban Grace' }).click();
    await host.getByText('Grace is banned.').waitFor();
    await second.getByText('A moderator ended the connection.').waitFor();
    await join(page, SECOND);
    await second.getByText('ParticipantBannedError').waitFor();
    await host.getByRole('button', { name: 'Allow Grace' }).press('Enter');
    await host.getByText('Grace can join again.').waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Refresh');
    await join(page, SECOND);
    await second.getByText('In the room banned as publisher.').waitFor();
  });

  it('are banned as guests, with the invite to revoke', async () => {
    const { page, api } = await open({ hash: '#/room?as=guest&room=barred' });
    await page.getByRole('button', { name: 'Join both' }).click();
    const host = paneOf(page, HOST);
    await host.getByRole('button', { name: 'Ban Grace' }).click();
    const ban = host.getByRole('list', { name: 'Banned people' }).getByRole('listitem');
    const invites = await (await fetch(`${api.url}/rooms/barred/invites`)).json();
    await ban.getByText(Object(invites).invites[0].inviteId).waitFor();
    expect(await ban.innerText()).toMatch(
      /^Grace\s*banned\s*since [\d:]+ [AP]M\s*Came by an invite/,
    );
    // Another page of a host has the ban, too.
    await page.reload();
    await join(page, HOST);
    await ban.getByText('Grace').first().waitFor();
  });

  it('are unknown if their token is not of a person, and can be removed only', async () => {
    const { page, api } = await open();
    const { host } = await joinBoth(page, 'unknown');
    const { id } = api.platform.connect(await sessionOf(page));
    await host.getByRole('button', { name: 'Refresh' }).click();
    await host.getByText('3 people are in.').waitFor();
    expect(await host.getByRole('button', { name: 'Ban Unknown person' }).count()).toBe(0);
    await host.getByRole('button', { name: 'Remove Unknown person' }).click();
    await host.getByText('Unknown person was removed').waitFor();
    const clients = api.platform.connectionsOf(await sessionOf(page));
    expect(clients.find((client) => client.id === id)?.state).toBe('Disconnected');
  });

  it('are shown with the error of the last read, until the next one works', async () => {
    const { page, api, complaints } = await open({ prepare: (page) => page.clock.install() });
    const { host } = await joinBoth(page, 'failing');
    api.platform.fail({ kind: 'answer', status: 400, body: '{}' });
    await host.getByRole('button', { name: 'Refresh' }).click();
    await host.getByText('PlatformRefusedError').waitFor();
    expect(await namesOf(page)).toEqual(['Ada', 'Grace']);
    await host.getByRole('button', { name: 'Refresh' }).click();
    await host.getByText('2 people are in.').waitFor();

    await page.route(/participants$/, (route) => route.abort());
    await page.clock.runFor(10_000);
    await host.getByText('Is npm start still running?').waitFor();
    await page.unroute(/participants$/);
    await page.clock.runFor(10_000);
    await host.getByText('Is npm start still running?').waitFor({ state: 'hidden' });
    // Chromium logs each failed request.
    complaints.length = 0;
  });
});

describe('a room with a capacity', () => {
  it('is filled with simulated people, and has places again when they leave', async () => {
    const { page } = await open();
    await page.getByLabel('Room', { exact: true }).fill('filled');
    await join(page, HOST);
    const [host, second] = [paneOf(page, HOST), paneOf(page, SECOND)];
    await host.getByText('Rules of the room').click();
    expect(await host.getByRole('button', { name: 'Fill the room' }).isVisible()).toBe(false);
    await host.getByLabel('maxParticipants').fill('4');
    await host.getByRole('button', { name: 'Save rules' }).click();
    await host.getByText('1 of 4').waitFor();

    await host.getByRole('button', { name: 'Fill the room' }).click();
    await host.getByText('3 people joined, and the next one got RoomFullError').waitFor();
    await host.getByText('4 of 4').waitFor();
    expect(await namesOf(page)).toEqual(['Ada', 'Person 1', 'Person 2', 'Person 3']);
    expect((await stepsOf(page))[0]).toBe('Simulated people join');
    await join(page, SECOND);
    await second.getByText('RoomFullError').waitFor();

    await host.getByRole('button', { name: 'Remove Person 2' }).click();
    await host.getByText('3 of 4').waitFor();
    await host.getByRole('button', { name: 'Simulated people leave' }).press('Enter');
    await host.getByText('2 people left.').waitFor();
    await host.getByText('1 of 4').waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Fill the room');
    await join(page, SECOND);
    await second.getByText('In the room filled as publisher.').waitFor();
  });

  it('is not filled while people wait for a host', async () => {
    const { page } = await open();
    const { host } = await joinBoth(page, 'guarded');
    await host.getByText('Rules of the room').click();
    await host.getByLabel('maxParticipants').fill('4');
    await host.getByRole('button', { name: 'Save rules' }).click();
    await host.getByText('2 of 4').waitFor();
    await host.getByRole('radio', { name: 'Ask to join' }).check();
    await host.getByText('No one is waiting.').waitFor();
    await host.getByRole('button', { name: 'Fill the room' }).click();
    await host.getByText('The room has a waiting room.').waitFor();
    expect(await namesOf(page)).toEqual(['Ada', 'Grace']);
  });
});

describe('the end of a meeting', () => {
  it('is confirmed, closes the room and disconnects everyone', async () => {
    const { page, api } = await open();
    const { host, second } = await joinBoth(page, 'ended');
    await host.getByRole('button', { name: 'End the meeting …' }).click();
    const dialog = page.getByRole('dialog', { name: 'End the meeting in ended?' });
    await dialog.getByText('Everyone in the room is disconnected: Ada, Grace.').waitFor();
    expect(await page.locator(':focus').textContent()).toBe('End the meeting in ended?');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.locator(':focus').textContent()).toBe('End the meeting …');
    expect(await stepsOf(page)).not.toContain('Ada ends the meeting');

    await host.getByRole('button', { name: 'End the meeting …' }).press('Enter');
    await dialog.getByRole('button', { name: 'End the meeting' }).press('Enter');
    await second.getByText('A moderator ended the connection.').waitFor();
    await host.getByText('A moderator ended the connection.').waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Join');
    expect((await stepsOf(page))[0]).toBe('Ada ends the meeting');
    const code = page.getByRole('region', { name: 'Client' });
    expect(await code.innerText()).toContain("await client.endMeeting('ended');");
    const room = await fetch(`${api.url}/rooms/ended`);
    expect(await room.json()).toMatchObject({ admission: 'closed' });
    await join(page, SECOND);
    await second.getByText('RoomLockedError').waitFor();
  });

  it('is not asked any more when the host has been disconnected', async () => {
    const { page, api } = await open();
    const { host } = await joinBoth(page, 'closing');
    await host.getByRole('button', { name: 'End the meeting …' }).click();
    await page.getByRole('dialog').getByText('Ada, Grace.').waitFor();
    const sessionId = await sessionOf(page);
    const [ada] = api.platform.connectionsOf(sessionId);
    api.platform.leave(sessionId, ada?.id ?? '');
    await host.getByText('A moderator ended the connection.').waitFor();
    await join(page, HOST);
    await host.getByText('In the room closing as moderator.').waitFor();
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
  });

  it('shows why it failed, and keeps everyone in', async () => {
    const { page } = await open();
    const { host } = await joinBoth(page, 'raced');
    await page.route(/raced$/, (route) =>
      route.request().method() === 'PUT'
        ? route.fulfill({
            status: 412,
            contentType: 'application/problem+json',
            json: {
              type: 'urn:opentok-sessions:precondition-failed-error',
              detail: 'The room has changed.',
            },
          })
        : route.continue(),
    );
    await host.getByRole('button', { name: 'End the meeting …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End the meeting' }).click();
    await host.getByText('PreconditionFailedError: The room has changed.').waitFor();
    expect(await namesOf(page)).toEqual(['Ada', 'Grace']);
  });
});

describe('a client of the stand-in', () => {
  it('is disconnected with its page', async () => {
    const { page, api } = await open();
    await joinBoth(page, 'reloaded');
    const sessionId = await sessionOf(page);
    await page.reload();
    await expect
      .poll(() => api.platform.connectionsOf(sessionId).map(({ state }) => state))
      .toEqual(['Disconnected', 'Disconnected']);
  });

  it('that the service disconnects at once is not in the room', async () => {
    const { page } = await open();
    const { host, second } = await joinBoth(page, 'surplus');
    await second.getByRole('button', { name: 'Leave' }).click();
    await page.route(/stand-in[/]clients$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        json: { ...Object(await response.json()), state: 'Disconnected' },
        status: 201,
      });
    });
    await join(page, SECOND);
    await second.getByText('The service disconnected this client at once').waitFor();
    expect(await second.locator('.tile').count()).toBe(0);
    expect(await host.locator('.tile').count()).toBe(1);
  });
});

/** The session of the room in the first pane's field. */
async function sessionOf(page: Page): Promise<string> {
  const name = await page.getByLabel('Room', { exact: true }).inputValue();
  return page.evaluate(
    async (room) => Object(await (await fetch(`/rooms/${room}`)).json()).sessionId,
    name,
  );
}

function setHidden(page: Page, isHidden: boolean): Promise<void> {
  return page.evaluate((hidden) => {
    const { document, Event } = Object(globalThis);
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}
