/**
 * Takes the README's pictures of the console of a running `npm start`, in light and dark.
 * Argument: its address, http://localhost:3000 by default.
 */
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { findBrowser } from '../test/console/browser.ts';

const [, , url = 'http://localhost:3000'] = process.argv;
const folder = fileURLToPath(new URL('../docs/images', import.meta.url));

const browser = await chromium.launch(await findBrowser());
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    const take = (name: string) =>
      page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, animations: 'disabled' });
    await joinRoom(page);
    await take('console');
    await sendRequest(page);
    await take('explorer');
    // Disconnects the simulated clients, which the next pictures would show.
    await page.goto('about:blank');
    await context.close();
  }
} finally {
  await browser.close();
}

async function joinRoom(page: Page): Promise<void> {
  // High enough for the host's controls.
  await page.setViewportSize({ width: 1440, height: 1080 });
  await page.goto(`${url}/#/room?room=standup`);
  await page.getByRole('button', { name: 'Join both' }).click();
  await page.getByText('In the room standup as publisher.').waitFor();
  await page.getByRole('button', { name: 'Remove Grace' }).waitFor();
  await blur(page);
}

async function sendRequest(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${url}/#/api/joinRoom?path.name=standup&body.role=publisher`);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('201 Created').waitFor();
  await blur(page);
}

/** Removes the focus and the pointer from the picture. */
async function blur(page: Page): Promise<void> {
  await page.mouse.move(720, 890);
  await page
    .locator(':focus')
    .evaluateAll(([focused]) => (focused as unknown as { blur(): void } | undefined)?.blur());
}
