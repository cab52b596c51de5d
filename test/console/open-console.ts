/** The console in a real browser, in front of the real functions. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { buildConsole, type ConsoleOptions } from '../../local/console.ts';
import { readPlayedUser } from '../../local/played-user.ts';
import { type ServedApi, serveApi } from '../client/serve-api.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';

export interface OpenConsole {
  readonly page: Page;
  readonly api: ServedApi;
  /** Every message in the browser's console, and every request to another host. */
  readonly complaints: string[];
}

export interface OpenOptions {
  readonly browser?: BrowserContextOptions;
  readonly console?: Partial<ConsoleOptions>;
  /** The hash to open, such as `#/api/joinRoom`. Default: the first screen. */
  readonly hash?: string;
  /** Called before the page is opened. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

async function serveConsole(options: Partial<ConsoleOptions> = {}): Promise<ServedApi> {
  const findPage = await buildConsole({
    kind: 'opentok',
    projectId: OPENTOK_SECRET.apiKey,
    usesRealPlatform: false,
    ...options,
  });
  return serveApi({ findPage, readUser: readPlayedUser });
}

/** Each test file shares one browser and one API; each test has a separate context, and complaints fail it. */
export function useConsole(): (options?: OpenOptions) => Promise<OpenConsole> {
  let browser: Browser | undefined;
  const apis = new Map<string, Promise<ServedApi>>();
  const open: { console: OpenConsole; close: () => Promise<unknown> }[] = [];
  beforeAll(async () => {
    if (inject('browser') !== '') browser = await chromium.connect(inject('browser'));
  });
  // The setup in browser.ts decides whether a missing browser is an error, and reports what is skipped.
  beforeEach(({ skip }) => skip(browser === undefined, 'no browser'));
  afterAll(async () => {
    await browser?.close();
    for (const api of apis.values()) await (await api).close();
  });
  afterEach(async () => {
    const opened = open.splice(0);
    await Promise.all(opened.map(({ close }) => close()));
    expect(opened.flatMap(({ console }) => console.complaints)).toEqual([]);
  });
  return async (options = {}) => {
    if (!browser) throw new Error('No browser.');
    const key = JSON.stringify(options.console ?? {});
    if (!apis.has(key)) apis.set(key, serveConsole(options.console));
    const api = (await apis.get(key)) as ServedApi;
    const context = await browser.newContext(options.browser);
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    const complain = (complaint: string) => void complaints.push(complaint);
    page.on('pageerror', (error) => complain(`page error: ${error}`));
    page.on('console', (message) => {
      // Chromium logs each response that is not a success; the page exists to show those.
      const isResponse = message.text().startsWith('Failed to load resource: the server responded');
      if (!(isResponse && message.location().url.startsWith(api.url))) complain(message.text());
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(api.url) && !url.startsWith('data:')) complain(`request to ${url}`);
    });
    const opened = { page, api, complaints };
    open.push({ console: opened, close: () => context.close() });
    await options.prepare?.(page);
    await page.goto(`${api.url}/${options.hash ?? ''}`);
    await page.locator('button.send').waitFor({ state: 'attached' });
    return opened;
  };
}
