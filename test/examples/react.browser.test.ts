/** The React example in a real browser, in front of `npm start`. React's StrictMode mounts each component twice. */
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { answerAsDeployment, findFaults, useExample, type Visitors } from './open-example.ts';

const openExample = useExample('react');

let rooms = 0;
const newRoom = () => `react-${++rooms}`;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const says = (page: Page, text: string) => page.getByText(text).waitFor();

async function join(page: Page, room?: string): Promise<void> {
  await page.getByLabel('Your name').fill('Ada');
  if (room !== undefined) await page.getByLabel('Room').fill(room);
  await button(page, 'Join').click();
}

/** Counts the requests for a token. */
function countRequests(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/tokens')) count += 1;
  });
  return () => count;
}

/** Calls the API as a trusted caller. */
const call = (method: string, path: string, body: object = {}) =>
  fetch(`${inject('examples').api}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const statusOf = async (method: string, path: string) => (await call(method, path)).status;

async function invite(room: string): Promise<string> {
  const response = await call('POST', `/rooms/${room}/invites`, { expireTime: 0, maxGuests: 1 });
  return ((await response.json()) as { readonly invite: string }).invite;
}

const callsOf = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { calls: unknown[][] }).calls ?? []);
const nameOf = ([name]: unknown[]) => name;

async function playRealProject({ context }: Visitors): Promise<void> {
  await context.route('**/tokens', answerAsDeployment);
}

describe('useVideoToken', () => {
  it('gets a token with one request', async () => {
    const { open } = await openExample();
    const page = await open();
    const requests = countRequests(page);
    await join(page, newRoom());
    await says(page, 'You are in the room.');
    await says(page, 'No media');
    expect(requests()).toBe(1);
  });

  it('renews the token before it expires, until the component is unmounted', async () => {
    const { open } = await openExample();
    const page = await open();
    const requests = countRequests(page);
    await page.clock.install();
    await join(page, newRoom());
    await says(page, 'You are in the room.');
    await page.clock.fastForward('23:58:00');
    expect(requests()).toBe(1);
    await page.clock.fastForward('01:30');
    await expect.poll(requests).toBe(2);
    await button(page, 'Leave').click();
    await page.clock.fastForward('47:00:00');
    expect(requests()).toBe(2);
  });

  it('keeps the token while a renewal fails, until it expires', async () => {
    const { context, complaints, open } = await openExample();
    const page = await open();
    await page.clock.install();
    await join(page, newRoom());
    await says(page, 'You are in the room.');
    await context.route('**/tokens', (route) => route.abort());
    const failing = page.waitForEvent('requestfailed');
    await page.clock.fastForward('23:59:30');
    await failing;
    // The client retries.
    await page.clock.runFor('00:10');
    await says(page, 'You are in the room.');
    await page.clock.fastForward('00:30');
    await page.clock.runFor('00:10');
    await page.getByRole('alert').waitFor();
    await context.unroute('**/tokens');
    await button(page, 'Try again').click();
    await says(page, 'You are in the room.');
    complaints.length = 0;
  });

  it('lets a guest wait, and takes one place of the invite', async () => {
    const { open } = await openExample();
    const room = newRoom();
    await call('PUT', `/rooms/${room}`, { admission: 'knock' });
    const page = await open(`/#invite=${await invite(room)}`);
    await join(page);
    await says(page, 'Waiting for the host to let you in …');
    expect(new URL(page.url()).hash).toBe('');
    await call('PUT', `/rooms/${room}/knocks`, { decision: 'admit' });
    await says(page, 'You are in the room.');
    await page.reload();
    await call('PUT', `/rooms/${room}`, { admission: 'open' });
    await join(page);
    await says(page, 'You are in the room.');
  });

  it('stops waiting when the component is unmounted', async () => {
    const { open } = await openExample();
    const room = newRoom();
    await call('PUT', `/rooms/${room}`, { admission: 'knock' });
    const page = await open(`/#invite=${await invite(room)}`);
    await page.clock.install();
    const requests = countRequests(page);
    await join(page);
    await says(page, 'Waiting for the host to let you in …');
    await page.clock.runFor('00:04');
    await expect.poll(requests).toBe(2);
    await button(page, 'Leave').click();
    await page.clock.runFor('01:00');
    expect(requests()).toBe(2);
  });

  it('shows why there is no token, and tries again', async () => {
    const { open } = await openExample();
    const page = await open();
    const room = newRoom();
    const requests = countRequests(page);
    await page.clock.install();
    await call('PUT', `/rooms/${room}`, { closesAt: Math.ceil(Date.now() / 1000) + 1 });
    await expect.poll(() => statusOf('POST', `/rooms/${room}/tokens`), { timeout: 5000 }).toBe(410);
    await join(page, room);
    await page.getByRole('alert').waitFor();
    await page.clock.runFor('02:00');
    expect(requests()).toBe(1);
    await call('PUT', `/rooms/${room}`, {});
    await button(page, 'Try again').click();
    await says(page, 'You are in the room.');
  });
});

describe('the call', () => {
  it('connects once, also when the token is renewed, and leaves when it is unmounted', async () => {
    const visitors = await openExample();
    await playRealProject(visitors);
    const page = await visitors.open();
    await page.clock.install();
    await join(page, newRoom());
    await expect
      .poll(async () => (await callsOf(page)).map(nameOf))
      .toEqual(['initSession', 'connect', 'initPublisher', 'publish']);
    const renewing = page.waitForResponse((response) => response.url().endsWith('/tokens'));
    await page.clock.fastForward('23:59:30');
    await renewing;
    await page.evaluate(() =>
      (globalThis as unknown as { raise: (name: string, event: object) => void }).raise(
        'streamCreated',
        { stream: { name: 'Grace' } },
      ),
    );
    expect(await page.locator('video').count()).toBe(2);
    await button(page, 'Leave').click();
    await expect
      .poll(async () => (await callsOf(page)).slice(4).map(nameOf))
      .toEqual(['subscribe', 'destroy', 'disconnect']);
  });

  it('connects again after the connection has ended', async () => {
    const visitors = await openExample();
    await playRealProject(visitors);
    const page = await visitors.open();
    await join(page, newRoom());
    await page.locator('video').waitFor();
    await page.evaluate(() =>
      (globalThis as unknown as { raise: (name: string, event: object) => void }).raise(
        'sessionDisconnected',
        { reason: 'networkDisconnected' },
      ),
    );
    await page.getByRole('alert').getByText('networkDisconnected').waitFor();
    await button(page, 'Try again').click();
    await expect
      .poll(async () => (await callsOf(page)).filter(([name]) => name === 'connect').length)
      .toBe(2);
  });
});

describe('an error of the vendor’s library', () => {
  it.each([{ connect: 'OT_CONNECT_FAILED' }, { publisher: 'OT_USER_MEDIA_ACCESS_DENIED' }])(
    'is shown with its name: %o',
    async (faults) => {
      const visitors = await openExample();
      await playRealProject(visitors);
      await visitors.context.addInitScript((faults) => {
        Object.defineProperty(globalThis, 'faults', { value: faults });
      }, faults);
      const page = await visitors.open();
      await join(page, newRoom());
      await page
        .getByRole('alert')
        .getByText(`(${Object.values(faults)[0]})`)
        .waitFor();
      expect(await page.getByRole('status').innerText()).toBe('');
    },
  );
});

describe.each(['light', 'dark'] as const)('the page in %s colors', (colorScheme) => {
  it('has no accessibility fault and no horizontal scroll', async () => {
    const { open } = await openExample({ colorScheme, viewport: { width: 390, height: 800 } });
    const page = await open();
    expect(await findFaults(page)).toEqual([]);
    await join(page, newRoom());
    await says(page, 'No media');
    expect(await findFaults(page)).toEqual([]);
  });
});
