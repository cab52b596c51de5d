/**
 * Takes the README's pictures of the console, in light and dark, of a running `npm start`.
 * Argument: its address, http://localhost:3000 by default.
 */
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findBrowser } from '../test/console/browser.ts';

const [, , url = 'http://localhost:3000'] = process.argv;
const folder = fileURLToPath(new URL('../docs/images', import.meta.url));

const browser = await chromium.launch(await findBrowser());
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width: 1280, height: 900 },
    });
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('button', { name: 'Join both' }).click();
    await page.getByText('In the room standup as moderator.').waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('201 Created').waitFor();
    await page.getByRole('button', { name: 'Inspect the token' }).first().click();
    await page.getByText('No rule speaks against this token.').waitFor();
    await page
      .locator(':focus')
      .evaluate((element) => (element as unknown as { blur(): void }).blur());
    await page.screenshot({ path: `${folder}/console-${colorScheme}.png`, fullPage: true });
    await context.close();
  }
} finally {
  await browser.close();
}
