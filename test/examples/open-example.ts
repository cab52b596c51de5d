/** An example in a real browser, in front of `npm start`. No request leaves the machine. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Route,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { madeUpProject } from '../../local/start-options.ts';
import { DEPLOYMENT, type Examples } from './serve.ts';

export interface Visitors {
  readonly context: BrowserContext;
  /** Opens the example in one more tab. */
  readonly open: (path?: string) => Promise<Page>;
  /** Requests to addresses other than those of this machine. All have failed. */
  readonly outgoing: string[];
  /** Warnings and errors in the browser's console, and uncaught errors. */
  readonly complaints: string[];
}

/** Id of a project that is not made up by `npm start`. */
export const REAL_API_KEY = '46123456';

/** Each test has a separate context. A request to another machine, or a complaint, fails the test. */
export function useExample(
  example: Exclude<keyof Examples, 'api'>,
): (options?: BrowserContextOptions) => Promise<Visitors> {
  let browser: Browser | undefined;
  const opened: Visitors[] = [];
  beforeAll(async () => {
    if (inject('browser') !== '') browser = await chromium.connect(inject('browser'));
  });
  beforeEach(({ skip }) => skip(browser === undefined, 'no browser'));
  afterAll(() => browser?.close());
  afterEach(async () => {
    const closing = opened.splice(0);
    await Promise.all(closing.map(({ context }) => context.close()));
    expect(closing.flatMap(({ outgoing, complaints }) => [...outgoing, ...complaints])).toEqual([]);
  });
  return async (options) => {
    if (!browser) throw new Error('No browser.');
    const context = await browser.newContext(options);
    context.setDefaultTimeout(30_000);
    const outgoing: string[] = [];
    const complaints: string[] = [];
    await context.route(isElsewhere, (route) => {
      outgoing.push(route.request().url());
      return route.abort('internetdisconnected');
    });
    await context.route(`${DEPLOYMENT}/**`, answerAsDeployment);
    context.on('console', (message) => {
      // Chromium logs each response that is not a success.
      if (message.text().startsWith('Failed to load resource: the server responded')) return;
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    context.on('weberror', (error) => void complaints.push(String(error.error())));
    const open = async (path = '/') => {
      const page = await context.newPage();
      await page.goto(`${inject('examples')[example]}${path}`);
      return page;
    };
    const visitors = { context, outgoing, complaints, open };
    opened.push(visitors);
    return visitors;
  };
}

const isElsewhere = ({ protocol, hostname }: URL) =>
  /^(?:https?|wss?):$/.test(protocol) && hostname !== 'localhost' && hostname !== '127.0.0.1';

/** Answers as `npm start` does, with the id of a real project. */
export async function answerAsDeployment(route: Route): Promise<void> {
  const request = route.request();
  const { pathname } = new URL(request.url());
  const response = await fetch(`${inject('examples').api}${pathname}`, {
    method: request.method(),
    headers: await request.allHeaders(),
    body: request.postData(),
  });
  const body = (await response.text()).replace(madeUpProject.apiKey, REAL_API_KEY);
  const { status, headers } = response;
  try {
    await route.fulfill({ status, headers: Object.fromEntries(headers), body });
  } catch (error) {
    // The test has ended while the page polled.
    if (!/closed/.test(String(error))) throw error;
  }
}

/** Returns what axe finds, and by how many pixels the page is too wide. */
export async function findFaults(page: Page): Promise<readonly unknown[]> {
  await page.evaluate(await axe);
  const faults = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as Axe;
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  });
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return overflow > 0 ? [...faults, ['overflow', overflow]] : faults;
}

interface Axe {
  readonly axe: {
    run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
  };
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
