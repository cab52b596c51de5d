/** Two people in a room, in a real browser: with the stand-in's client, and with one like the vendor's. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { verifyHs256 } from '../support/verify-token.ts';
import { useConsole } from './open-console.ts';

const open = useConsole();

const paneOf = (page: Page, name: string) => page.getByRole('form', { name: `Pane of ${name}` });
const tilesOf = async (page: Page, name: string) =>
  (await paneOf(page, name).locator('.tile').allInnerTexts()).map((text) =>
    text.split('\n').filter(Boolean).slice(1).join(' '),
  );

describe('with the stand-in', () => {
  it('two people see each other with one click', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Join both' }).click();
    await paneOf(page, 'Ada').getByText('In the room standup as publisher.').waitFor();
    await paneOf(page, 'Grace').getByText('In the room standup as moderator.').waitFor();
    expect(await tilesOf(page, 'Ada')).toEqual([
      'Ada you · publisher · sends',
      'Grace moderator · sends',
    ]);
    expect(await tilesOf(page, 'Grace')).toEqual([
      'Grace you · moderator · sends',
      'Ada publisher · sends Disconnect Ada',
    ]);

    await paneOf(page, 'Grace').getByRole('button', { name: 'Disconnect Ada' }).click();
    await paneOf(page, 'Ada').getByText('A moderator ended the connection.').waitFor();
    expect(await tilesOf(page, 'Grace')).toEqual(['Grace you · moderator · sends']);
    await paneOf(page, 'Grace').getByRole('button', { name: 'Leave' }).click();
    expect(await tilesOf(page, 'Grace')).toEqual([]);
  });

  it.each([
    ['subscriber', 'publisher', ['Ada you · subscriber · watches only', 'Grace publisher · sends']],
    [
      'publisheronly',
      'publisher',
      ['Ada you · publisheronly · sends', 'Grace publisher · sends, not shown to you'],
    ],
  ])('%s and %s see what their roles let them', async (ada, grace, tiles) => {
    const { page } = await open();
    await paneOf(page, 'Ada').getByLabel('Role').selectOption(ada);
    await paneOf(page, 'Grace').getByLabel('Role').selectOption(grace);
    for (const name of ['Ada', 'Grace']) {
      await paneOf(page, name).getByRole('button', { name: 'Join', exact: true }).click();
      await paneOf(page, name).getByText('In the room').waitFor();
    }
    expect(await tilesOf(page, 'Ada')).toEqual(tiles);
  });

  it('people in different rooms do not see each other', async () => {
    const { page } = await open();
    for (const [room, name] of [
      ['one', 'Ada'],
      ['two', 'Grace'],
    ] as const) {
      await page.getByLabel('Room', { exact: true }).fill(room);
      await paneOf(page, name).getByRole('button', { name: 'Join', exact: true }).click();
      await paneOf(page, name).getByText(`In the room ${room}`).waitFor();
    }
    expect(await tilesOf(page, 'Ada')).toEqual(['Ada you · publisher · sends']);
  });

  it('whoever cannot get in is told why', async () => {
    const { page } = await open();
    await page.getByLabel('Room', { exact: true }).fill('a b');
    await paneOf(page, 'Ada').getByRole('button', { name: 'Join', exact: true }).click();
    await paneOf(page, 'Ada').getByText('ValidationError: The room').waitFor();
  });
});

/** What the page uses of the vendor's library, noting what it is asked. */
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
  ] as const)('of %s the vendor’s own client connects, from %s', async (kind, address) => {
    const { page, complaints } = await open({
      console: { kind, usesRealPlatform: true },
      prepare: (page) =>
        page.route(address, (route) =>
          route.fulfill({ contentType: 'text/javascript', body: VENDOR_LIBRARY }),
        ),
    });
    expect(complaints).toEqual([]);
    await paneOf(page, 'Ada').getByRole('button', { name: 'Join', exact: true }).click();
    await paneOf(page, 'Ada').getByText('In the room standup as publisher.').waitFor();
    await paneOf(page, 'Ada').getByRole('button', { name: 'Leave' }).click();
    const calls = await page.evaluate(() => (globalThis as unknown as { calls: string[][] }).calls);
    const [[, projectId, sessionId] = [], [, token = ''] = []] = calls;
    expect(calls.map(([name]) => name)).toEqual([
      ...['initSession', 'connect', 'initPublisher', 'publish', 'disconnect'],
    ]);
    expect(projectId).toBe(OPENTOK_SECRET.apiKey);
    expect(verifyHs256(token, OPENTOK_SECRET.apiSecret)).toMatchObject({ session_id: sessionId });
    // The one request that leaves this machine, and only now.
    expect(complaints.splice(0)).toEqual([`request to ${address}`]);
  });
});
