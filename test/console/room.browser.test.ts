/** The demo of a room in a real browser: with the stand-in of the vendor's client, and with one like the vendor's. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { verifyHs256 } from '../support/verify-token.ts';
import { useConsole } from './open-console.ts';

const open = useConsole();

const HOST = 'Host (moderator)';
const SECOND = 'Second person';
const paneOf = (page: Page, title: string) => page.getByRole('form', { name: title });
const join = (page: Page, title: string) =>
  paneOf(page, title).getByRole('button', { name: 'Join', exact: true }).click();
const setRoom = (page: Page, room: string) => page.getByLabel('Room', { exact: true }).fill(room);
const tilesOf = async (page: Page, title: string) =>
  (await paneOf(page, title).locator('.tile').allInnerTexts()).map((text) =>
    text.split('\n').filter(Boolean).slice(1).join(' '),
  );

describe('with the stand-in', () => {
  it('joins two people with one click, who see each other', async () => {
    const { page } = await open();
    await page.getByText('Stand-in platform: no video').waitFor();
    await page.getByRole('button', { name: 'Join both' }).click();
    await paneOf(page, HOST).getByText('In the room standup as moderator.').waitFor();
    await paneOf(page, SECOND).getByText('In the room standup as publisher.').waitFor();
    expect(await tilesOf(page, SECOND)).toEqual([
      'Grace you · publisher · sends',
      'Ada moderator · sends',
    ]);
    expect(await tilesOf(page, HOST)).toEqual([
      'Ada you · moderator · sends',
      'Grace publisher · sends Disconnect Grace',
    ]);

    await paneOf(page, HOST).getByRole('button', { name: 'Disconnect Grace' }).click();
    await paneOf(page, SECOND).getByText('A moderator ended the connection.').waitFor();
    expect(await tilesOf(page, HOST)).toEqual(['Ada you · moderator · sends']);
    await paneOf(page, HOST).getByRole('button', { name: 'Leave' }).click();
    expect(await tilesOf(page, HOST)).toEqual([]);
  });

  it('joins a guest with one click, by an invite', async () => {
    const { page } = await open({ hash: '#/room?as=guest&room=clicked' });
    await page.getByRole('button', { name: 'Join both' }).click();
    await paneOf(page, SECOND).getByText('In the room clicked as publisher.').waitFor();
    await page.getByRole('button', { name: 'Grace joins as a guest' }).waitFor();
  });

  it.each([
    ['subscriber', 'Grace subscriber · receives only Disconnect Grace', 'Ada moderator · sends'],
    [
      'publisheronly',
      'Grace publisheronly · sends Disconnect Grace',
      'Ada moderator · sends, not shown to you',
    ],
  ])('shows a %s what the role allows', async (role, seenByHost, seenBySecond) => {
    const { page } = await open();
    await setRoom(page, role);
    await paneOf(page, SECOND).getByLabel('Role').selectOption(role);
    await page.getByRole('button', { name: 'Join both' }).click();
    await paneOf(page, SECOND).getByText(`In the room ${role} as ${role}.`).waitFor();
    expect((await tilesOf(page, HOST))[1]).toBe(seenByHost);
    expect((await tilesOf(page, SECOND))[1]).toBe(seenBySecond);
  });

  it('keeps people in different rooms apart', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Join both' }).click();
    await paneOf(page, SECOND).getByText('In the room standup').waitFor();
    await paneOf(page, HOST).getByRole('button', { name: 'Leave' }).click();
    await setRoom(page, 'another');
    await join(page, HOST);
    await paneOf(page, HOST).getByText('In the room another').waitFor();
    expect(await tilesOf(page, HOST)).toEqual(['Ada you · moderator · sends']);
  });

  it('shows why a person cannot join', async () => {
    const { page } = await open();
    await setRoom(page, 'missing');
    await join(page, SECOND);
    await paneOf(page, SECOND).getByText('Let the host join first.').waitFor();
    await setRoom(page, 'a b');
    await join(page, HOST);
    await paneOf(page, HOST).getByText('ValidationError:').waitFor();
    await paneOf(page, SECOND).getByRole('radio', { name: 'Guest' }).check();
    await join(page, SECOND);
    await paneOf(page, SECOND).getByText('A guest needs an invite.').waitFor();
    expect(await page.locator(':focus').getAttribute('aria-invalid')).toBe('true');
  });

  it('shows the host controls to the host only, and only in the room', async () => {
    const { page } = await open();
    const controls = page.getByText('Host controls');
    expect(await controls.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Join both' }).click();
    await paneOf(page, HOST).getByText('Host controls').waitFor();
    expect(await controls.count()).toBe(1);
    await paneOf(page, HOST).getByRole('button', { name: 'Leave' }).click();
    await controls.waitFor({ state: 'hidden' });
  });

  it('keeps the host controls of a host who comes back before the end is reported', async () => {
    const { page } = await open();
    await setRoom(page, 'back');
    await join(page, HOST);
    await page.getByText('Host controls').waitFor();
    const reported = Promise.withResolvers<void>();
    await page.route(/stand-in[/]clients[/]/, async (route) => {
      if (route.request().method() === 'DELETE') await reported.promise;
      await route.continue();
    });
    await paneOf(page, HOST).getByRole('button', { name: 'Leave' }).click();
    await join(page, HOST);
    await page.getByText('Host controls').waitFor();
    const deleted = page.waitForResponse((response) => response.request().method() === 'DELETE');
    reported.resolve();
    await deleted;
    // The page has handled the response by then.
    await page.evaluate(async () => (await fetch('/openapi.json')).text());
    expect(await page.getByText('Host controls').isVisible()).toBe(true);
  });

  it('shows what just happened as curl and as client code', async () => {
    const { page, api } = await open();
    await setRoom(page, 'traced');
    await page.getByRole('button', { name: 'Join both' }).click();
    await paneOf(page, SECOND).getByText('In the room traced').waitFor();
    const requests = page.getByRole('list', { name: 'Requests' }).getByRole('button');
    expect(await requests.allInnerTexts()).toEqual([
      expect.stringMatching(/^Grace joins\s+POST\s+\/rooms\/traced\/tokens\s+201$/),
      expect.stringMatching(/^Ada joins\s+POST\s+\/rooms\/traced\/tokens\s+201$/),
      expect.stringMatching(/^Ada creates the room\s+PUT\s+\/rooms\/traced\s+201$/),
    ]);
    const code = page.getByRole('region', { name: 'Client' });
    expect(await code.innerText()).toContain("room: 'traced',\n  role: 'publisher',");
    await page.locator('.trace-panel').getByRole('radio', { name: 'curl' }).check();
    const curl = page.locator('.trace-panel').getByRole('region', { name: 'curl' });
    expect(await curl.innerText()).toContain(`'${api.url}/rooms/traced/tokens'`);
    await requests.last().click();
    expect(await curl.innerText()).toContain(`curl -sS -X PUT '${api.url}/rooms/traced'`);
  });

  it('says that npm start may have stopped', async () => {
    const { page, complaints } = await open();
    await page.route(/rooms/, (route) => route.abort());
    await join(page, HOST);
    await paneOf(page, HOST).getByText('Is npm start still running?').waitFor();
    complaints.length = 0;
  });
});

/** What the page uses of the vendor's library; records the calls. */
const VENDOR_LIBRARY = `
  globalThis.calls = [];
  const note = (...call) => calls.push(call);
  globalThis.OT = {
    initSession: (...project) => (note('initSession', ...project), {
      on() {},
      connect(token, done) { note('connect', token); done(); },
      publish() { note('publish'); },
      disconnect() { note('disconnect'); },
    }),
    initPublisher: (element, { name }) => (note('initPublisher', name), {}),
  };
`;

describe('with a real project', () => {
  it.each([
    ['opentok', 'https://static.opentok.com/v2/js/opentok.min.js'],
    ['vonage', 'https://video.standard.vonage.com/v2/js/opentok.min.js'],
  ] as const)('connects with the vendor’s client for %s, from %s', async (kind, address) => {
    const { page, complaints } = await open({
      console: { kind, usesRealPlatform: true },
      prepare: (page) =>
        page.route(address, (route) =>
          route.fulfill({ contentType: 'text/javascript', body: VENDOR_LIBRARY }),
        ),
    });
    expect(complaints).toEqual([]);
    await page.getByText('Real platform').waitFor();
    await join(page, HOST);
    await paneOf(page, HOST).getByText('In the room standup as moderator.').waitFor();
    await paneOf(page, HOST).getByRole('button', { name: 'Leave' }).click();
    const calls = await page.evaluate(() => (globalThis as unknown as { calls: string[][] }).calls);
    const [[, projectId, sessionId] = [], [, token = ''] = []] = calls;
    expect(calls.map(([name]) => name)).toEqual([
      ...['initSession', 'connect', 'initPublisher', 'publish', 'disconnect'],
    ]);
    expect(projectId).toBe(OPENTOK_SECRET.apiKey);
    expect(verifyHs256(token, OPENTOK_SECRET.apiSecret)).toMatchObject({ session_id: sessionId });
    // The only request that leaves this machine, and not before someone joins.
    expect(complaints.splice(0)).toEqual([`request to ${address}`]);
  });
});
