/** The web example in a real browser: with the stand-in platform, a fake library, and the vendor's library. */
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { playUser } from '../../console/explorer/play-user.ts';
import { answerAsDeployment, findFaults, REAL_API_KEY, useExample } from './open-example.ts';
import { DEPLOYMENT } from './serve.ts';

const openLocal = useExample('web');
const openDeployed = useExample('deployedWeb');

/** A room for each test: they share one API. */
let rooms = 0;
const newRoom = () => `example-${++rooms}`;

const field = (page: Page, id: string) => page.locator(`#${id}`);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function join(page: Page, name: string, room?: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  if (room !== undefined) await field(page, 'room').fill(room);
  await button(page, 'Join').click();
}

const inRoom = (page: Page, room: string) =>
  page.getByRole('status').getByText(`You are in the room ${room}.`).waitFor();
const says = (page: Page, text: string) => page.getByText(text).waitFor();
const sees = (page: Page, names: string[]) =>
  expect
    .poll(() => page.locator('#videos > *').allInnerTexts(), { timeout: 20_000 })
    .toEqual(names);

/** Joins as a host. Returns the fragment of a guest's link. */
async function openRoom(page: Page, room: string): Promise<string> {
  await join(page, 'Ada', room);
  await inRoom(page, room);
  await button(page, 'Create a guest link').click();
  await field(page, 'link').waitFor();
  return new URL(await field(page, 'link').inputValue()).hash;
}

async function admissionOf(room: string): Promise<unknown> {
  const response = await fetch(`${inject('examples').api}/rooms/${room}`);
  return ((await response.json()) as { readonly admission?: string }).admission;
}

describe('in front of npm start', () => {
  it('shows two people two tiles, and says that there is no media', async () => {
    const { open } = await openLocal();
    const room = newRoom();
    const ada = await open();
    await join(ada, 'Ada', room);
    await inRoom(ada, room);
    await says(ada, 'No media:');
    const opening = ada.waitForEvent('popup');
    await ada.getByRole('link', { name: 'Open a tab for a second person' }).click();
    const grace = await opening;
    await button(grace, 'Join').click();
    await inRoom(grace, room);
    await sees(grace, ['Grace (you)', 'Ada']);
    await sees(ada, ['Ada (you)', 'Grace']);
    expect(await grace.getByRole('heading', { name: 'Host' }).isVisible()).toBe(false);

    await button(grace, 'Leave').click();
    await sees(ada, ['Ada (you)']);
    await says(grace, 'You have left the call.');
    expect(await grace.locator(':focus').innerText()).toBe('Join');
    await button(grace, 'Join').click();
    await sees(ada, ['Ada (you)', 'Grace']);
    await grace.close();
    await sees(ada, ['Ada (you)']);
  });

  it('lets a guest in by a link, who takes no second place after a reload', async () => {
    const { open } = await openLocal();
    const room = newRoom();
    const ada = await open();
    const guest = await open(`/${await openRoom(ada, room)}`);
    await says(guest, 'You are invited as a guest.');
    expect(new URL(guest.url()).hash).toBe('');
    expect(await field(guest, 'room').isVisible()).toBe(false);
    await join(guest, 'Grace');
    await inRoom(guest, room);
    await sees(ada, ['Ada (you)', 'Grace']);
    await guest.reload();
    await join(guest, 'Grace');
    await inRoom(guest, room);
    await sees(ada, ['Ada (you)', 'Grace']);
    // A new visit of the page is not that of a guest.
    await guest.goto(`${inject('examples').web}/?name=Eve`);
    await field(guest, 'room').waitFor();
  });

  it('rejects a second guest of a link for one', async () => {
    const { open } = await openLocal();
    const room = newRoom();
    const path = `/${await openRoom(await open(), room)}`;
    const guest = await open(path);
    await join(guest, 'Grace');
    await inRoom(guest, room);
    const { open: openElsewhere } = await openLocal();
    const other = await openElsewhere(path);
    await join(other, 'Eve');
    await says(other, 'Ask the host for a new one.');
  });

  it('lets guests and users wait until the host has decided', async () => {
    const { open } = await openLocal();
    const room = newRoom();
    const ada = await open();
    const hash = await openRoom(ada, room);
    await ada.getByRole('checkbox', { name: 'Waiting room' }).check();
    await expect.poll(() => admissionOf(room)).toBe('knock');
    const [guest, user] = [await open(`/${hash}`), await open('/?name=Eve')];
    await join(guest, 'Grace');
    await says(guest, 'Waiting for the host to let you in …');
    expect(await guest.locator(':focus').innerText()).toBe('Cancel');
    await join(user, 'Eve', room);
    await button(ada, 'Admit Grace').click();
    await inRoom(guest, room);
    await sees(ada, ['Ada (you)', 'Grace']);
    await button(ada, 'Deny Eve').click();
    await says(user, 'The host has not let you in.');
    expect(await user.locator(':focus').innerText()).toBe('Join');

    const another = await open('/?name=Joan');
    await join(another, 'Joan', room);
    await button(another, 'Cancel').click();
    await says(another, 'You have left the waiting room.');
  });

  it('says that a host removed the person', async () => {
    const { open } = await openLocal();
    const room = newRoom();
    const ada = await open();
    await join(ada, 'Ada', room);
    await inRoom(ada, room);
    const response = await fetch(`${inject('examples').api}/rooms/${room}/participants`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{ "decision": "remove" }',
    });
    expect(response.status).toBe(204);
    await says(ada, 'The host has removed you from the call.');
    await sees(ada, []);
  });

  it('shows why a person cannot join', async () => {
    const { context, complaints, open } = await openLocal();
    const page = await open('/?name=Grace');
    await join(page, 'Grace', newRoom());
    await says(page, 'This room does not exist yet.');
    await field(page, 'room').fill('a b');
    await button(page, 'Join').click();
    expect(await page.locator(':focus').getAttribute('id')).toBe('room');
    await context.setOffline(true);
    await join(page, 'Grace', newRoom());
    await says(page, 'You are offline.');
    await context.setOffline(false);
    await context.route('**/tokens', (route) => route.abort());
    await join(page, 'Grace', newRoom());
    await says(page, 'and that its corsOrigins contain http://127.0.0.1:');
    complaints.length = 0;
  });

  it.each([
    [409, 'room-full-error', 'The room is full.'],
    [403, 'participant-banned-error', 'The host has banned you from this room.'],
    [403, 'room-locked-error', 'This room is closed. Only hosts can join.'],
    [403, 'room-not-open-error', 'The sentence of the API. (Request r-1)'],
  ])('says so with %i %s', async (status, kind, text) => {
    const { context, open } = await openLocal();
    const problem = { detail: 'The sentence of the API.', requestId: 'r-1', errors: [] };
    await context.route('**/tokens', (route) =>
      route.fulfill({
        status,
        headers: { 'access-control-allow-origin': '*', 'content-type': 'application/problem+json' },
        body: JSON.stringify({ type: `urn:opentok-sessions:${kind}`, ...problem }),
      }),
    );
    const page = await open();
    await join(page, 'Ada');
    await says(page, text);
    expect(await page.getByRole('alert').innerText()).toContain(text);
  });

  it('renews the token before it expires, with one request', async () => {
    const { open } = await openLocal();
    const page = await open();
    let requests = 0;
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/tokens')) requests += 1;
    });
    await page.clock.install();
    const room = newRoom();
    await join(page, 'Ada', room);
    await inRoom(page, room);
    expect(requests).toBe(1);
    await page.clock.fastForward('23:58:00');
    expect(requests).toBe(1);
    await page.clock.fastForward('01:30');
    await expect.poll(() => requests).toBe(2);
    await button(page, 'Leave').click();
    await page.clock.fastForward('47:00:00');
    expect(requests).toBe(2);
  });
});

type Call = readonly [name: string, ...values: unknown[]];
interface Fake {
  readonly calls: readonly Call[];
  readonly raise: (name: string, event: object) => void;
  faults: object;
}

const callsOf = (page: Page) => page.evaluate(() => (globalThis as unknown as Fake).calls);
const raise = (page: Page, name: string, event: object) =>
  page.evaluate(([name, event]) => (globalThis as unknown as Fake).raise(name, event), [
    name,
    event,
  ] as const);

/** Signs in at a deployment. The library's fake is loaded with the first person who joins. */
async function joinDeployed(page: Page, role = 'publisher', room = 'deployed'): Promise<void> {
  await field(page, 'sign-in-token').fill(playUser('ada', role));
  await field(page, 'is-host').setChecked(role === 'moderator');
  await join(page, 'Ada', room);
}

describe('in front of a deployment', () => {
  it('connects with the token of the user who signed in, publishes and leaves', async () => {
    const { open } = await openDeployed();
    const page = await open();
    expect(await field(page, 'is-host').isChecked()).toBe(false);
    await joinDeployed(page, 'moderator');
    await inRoom(page, 'deployed');
    expect(await page.getByText('No media').isVisible()).toBe(false);
    await button(page, 'Microphone').click();
    await button(page, 'Camera').click();
    await button(page, 'Camera').click();
    const [[, projectId, sessionId], [, token]] = (await callsOf(page)) as [Call, Call];
    expect(projectId).toBe(REAL_API_KEY);
    const claims = JSON.parse(
      Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(claims).toMatchObject({ session_id: sessionId, role: 'moderator' });
    await button(page, 'Leave').click();
    expect((await callsOf(page)).slice(2)).toEqual([
      ...[['initPublisher', 'Ada'], ['publish'], ['publishAudio', false]],
      ...[['publishVideo', false], ['publishVideo', true], ['destroy'], ['disconnect']],
    ]);
  });

  it('adds an element for each stream', async () => {
    const { open } = await openDeployed();
    const page = await open();
    await joinDeployed(page, 'moderator');
    await inRoom(page, 'deployed');
    for (const name of ['Grace', 'Joan']) await raise(page, 'streamCreated', { stream: { name } });
    const titles = await page
      .locator('#videos video')
      .evaluateAll((videos) =>
        videos.map((video) => (video as unknown as { title: string }).title),
      );
    expect(titles).toEqual(['Ada', 'Grace', 'Joan']);
  });

  it.each([
    ['subscriber', ['subscribe']],
    ['publisheronly', ['initPublisher', 'publish']],
  ])('does as a %s what the role allows', async (role, expected) => {
    const { open } = await openDeployed();
    const host = await open();
    await joinDeployed(host, 'moderator');
    await inRoom(host, 'deployed');
    const page = await open();
    await joinDeployed(page, role);
    await inRoom(page, 'deployed');
    await raise(page, 'streamCreated', { stream: { name: 'Grace' } });
    expect((await callsOf(page)).slice(2).map(([name]) => name)).toEqual(expected);
    expect(await button(page, 'Camera').isVisible()).toBe(role !== 'subscriber');
  });

  it.each([
    ['OT_USER_MEDIA_ACCESS_DENIED', 'allow the camera and the microphone'],
    ['OT_NO_DEVICES_FOUND', 'no camera and no microphone was found'],
    ['OT_SOMETHING_NEW', 'OT_SOMETHING_NEW of the fake.'],
  ])('stays in the call without a camera: %s', async (publisher, text) => {
    const { open } = await openDeployed();
    const page = await open();
    await page.addInitScript((publisher) => {
      Object.defineProperty(globalThis, 'faults', { value: { publisher } });
    }, publisher);
    await page.reload();
    await joinDeployed(page, 'moderator');
    await inRoom(page, 'deployed');
    await says(page, text);
  });

  it('shows why the platform rejects the connection', async () => {
    const { open } = await openDeployed();
    const page = await open();
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, 'faults', {
        value: { connect: 'OT_AUTHENTICATION_ERROR' },
      });
    });
    await page.reload();
    await joinDeployed(page, 'moderator');
    await says(page, 'The video platform rejected the token. Join again.');
    expect(await page.locator(':focus').innerText()).toBe('Join');
  });

  it('reconnects with the token that it has renewed', async () => {
    const { open } = await openDeployed();
    const page = await open();
    await page.clock.install();
    await joinDeployed(page, 'moderator');
    await inRoom(page, 'deployed');
    await page.clock.fastForward('23:59:30');
    const connects = async () => (await callsOf(page)).filter(([name]) => name === 'connect');
    await page.waitForResponse((response) => response.url().endsWith('/tokens'));
    await raise(page, 'sessionDisconnected', { reason: 'networkDisconnected' });
    await expect.poll(async () => (await connects()).length).toBe(2);
    await inRoom(page, 'deployed');
    const [[, first], [, second]] = (await connects()) as [Call, Call];
    expect(second).not.toBe(first);
    await raise(page, 'sessionDisconnected', { reason: 'forceDisconnected' });
    await says(page, 'The host has removed you from the call.');
  });

  it('asks the user to sign in again if the API rejects the sign-in token', async () => {
    const { context, open } = await openDeployed();
    await context.route(`${DEPLOYMENT}/**`, (route) =>
      route.fulfill({
        status: 401,
        headers: { 'access-control-allow-origin': '*' },
        json: { message: 'Unauthorized' },
      }),
    );
    const page = await open();
    await joinDeployed(page);
    await says(page, 'Your sign-in has expired. Sign in again.');
  });
});

describe('with the vendor’s library', () => {
  it('sends the token to the platform, and says that there is no connection', async () => {
    const { context, open, outgoing, complaints } = await openLocal();
    await context.route('**/rooms/*/tokens', answerAsDeployment);
    const tokens: (string | undefined)[] = [];
    context.on('request', (request) => {
      if (request.url().endsWith(`/project/${REAL_API_KEY}/config.json`)) {
        tokens.push(request.headers()['x-tb-token-auth']);
      }
    });
    const page = await open();
    const issuing = page.waitForResponse((response) => response.url().endsWith('/tokens'));
    await join(page, 'Ada', newRoom());
    const { token } = await (await issuing).json();
    await says(page, 'No connection to the video platform.');
    expect(tokens).toEqual([token]);
    expect(new Set(outgoing.map((url) => new URL(url).hostname))).toEqual(
      new Set(['config.opentok.com', 'anvil.opentok.com', 'hlg.tokbox.com']),
    );
    // The library logs what failed, and sends its log again and again.
    await page.close();
    for (const list of [outgoing, complaints]) list.length = 0;
  });

  it('is not loaded before a person joins', async () => {
    const { open } = await openLocal();
    const page = await open();
    const loaded = await page.evaluate(() => performance.getEntriesByType('resource').length);
    expect(loaded).toBe(2);
  });
});

describe.each(['light', 'dark'] as const)('the page in %s colors', (colorScheme) => {
  it('has no accessibility fault and no horizontal scroll at 390, 768 and 1440 pixels', async () => {
    const { open } = await openLocal({ colorScheme });
    const check = async (page: Page) => {
      for (const width of [390, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await findFaults(page), `${width} pixels`).toEqual([]);
      }
    };
    const room = newRoom();
    const host = await open();
    await check(host);
    await openRoom(host, room);
    await host.getByRole('checkbox', { name: 'Waiting room' }).check();
    await expect.poll(() => admissionOf(room)).toBe('knock');
    const guest = await open('/?name=Grace');
    await join(guest, 'Grace', room);
    await says(guest, 'Waiting for the host');
    await check(guest);
    await button(host, 'Admit Grace').waitFor();
    await check(host);
  });
});
