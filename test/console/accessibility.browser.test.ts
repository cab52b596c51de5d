/** Accessibility of the console: keyboard, screen reader, touch, both color schemes, narrow and wide. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type ApiDocument, readOperations } from '../../console/operations.ts';
import openapi from '../../docs/openapi.json' with { type: 'json' };
import { useConsole } from './open-console.ts';

const open = useConsole();
const operations = readOperations(openapi as unknown as ApiDocument);

const sizes = {
  // 1280 x 1024 at 400 % zoom.
  narrow: { width: 320, height: 256 },
  medium: { width: 1024, height: 768 },
  wide: { width: 1920, height: 1080 },
};
const appearances = (['light', 'dark'] as const).flatMap((colorScheme) =>
  Object.entries(sizes).map(([size, viewport]) => [colorScheme, size, viewport] as const),
);

async function findViolations(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    // Describing what passes takes longer than everything else.
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 120)}`),
  );
}

/** How far the page is wider than its window. */
const overflowOf = (page: Page) =>
  page.locator('html').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);

describe.each(appearances)('in %s and %s', (colorScheme, size, viewport) => {
  const check = async (page: Page) =>
    expect([await findViolations(page), await overflowOf(page)]).toEqual([[], 0]);
  const choose = { browser: { colorScheme, viewport } };

  it('axe finds nothing in the demo of a room, and nothing is cut off', async () => {
    const { page } = await open(choose);
    await check(page);
    await page.getByText('Stand-in platform: no video').click();
    await page.getByLabel('Room', { exact: true }).fill(`${colorScheme}-${size}`);
    await page.getByRole('button', { name: 'Join both' }).click();
    const host = page.getByRole('form', { name: 'Host (moderator)' });
    const second = page.getByRole('form', { name: 'Second person' });
    await second.getByText('as publisher.').waitFor();
    await host.getByRole('button', { name: 'Ban Grace' }).click();
    await host.getByRole('button', { name: 'Allow Grace' }).waitFor();
    await check(page);
    await host.getByRole('button', { name: 'Allow Grace' }).click();
    await second.getByText('A moderator ended the connection.').waitFor();
    await second.getByRole('button', { name: 'Join', exact: true }).click();
    await second.getByText('as publisher.').waitFor();
    await host.getByRole('button', { name: 'Remove Grace' }).waitFor();
    await host.getByRole('radio', { name: 'Ask to join' }).check();
    await host.getByText('No one is waiting.').waitFor();
    await second.getByRole('button', { name: 'Leave' }).click();
    await second.getByRole('button', { name: 'Join', exact: true }).click();
    await host.getByRole('button', { name: 'Deny Grace' }).waitFor();
    await host.getByRole('button', { name: 'Invite a guest' }).click();
    await host.getByRole('link').waitFor();
    await host.getByText('Rules of the room').click();
    await host.getByLabel('maxParticipants').fill('2');
    await host.getByRole('button', { name: 'Save rules' }).click();
    await host.getByRole('button', { name: 'Fill the room' }).waitFor();
    await check(page);
    await host.getByRole('button', { name: 'End the meeting …' }).click();
    await check(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('All rooms').click();
    await page.getByRole('list', { name: 'Rooms' }).getByRole('button').first().waitFor();
    await check(page);
    await page.keyboard.press('Escape');
    await second.getByRole('button', { name: 'Cancel' }).click();
    await second.getByRole('radio', { name: 'Guest' }).check();
    await check(page);
  });

  it('axe finds nothing in the explorer and the inspector, and nothing is cut off', async () => {
    const { page } = await open({ ...choose, hash: '#/api/createSession' });
    await page.getByRole('radio', { name: 'End user' }).check();
    await page.getByLabel('archiveMode').selectOption('always');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('ForbiddenError').or(page.getByText('ValidationError')).waitFor();
    await check(page);
    await page.getByRole('radio', { name: 'Back end' }).check();
    await page.getByLabel('archiveMode').selectOption('manual');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('201 Created').waitFor();
    await page.locator('.exchange > details > summary').click();
    await check(page);
    await page.getByRole('button', { name: 'Issue a token for this session' }).click();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('button', { name: 'Inspect this token' }).click();
    await page.getByText('Valid token').waitFor();
    await check(page);
    const long = { exp: 1, application_id: 'x'.repeat(200), ['k'.repeat(200)]: 1 };
    const token = `${btoa('{}')}.${btoa(JSON.stringify(long))}.`;
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.getByText('Invalid: not a token for clients').waitFor();
    await check(page);
  });
});

it('axe finds nothing in any form', async () => {
  const { page } = await open({ hash: '#/api/createSession' });
  for (const { id } of operations) {
    await page.locator(`.menu a[href="#/api/${id}"]`).click();
    expect([id, await findViolations(page)]).toEqual([id, []]);
  }
});

it('has touch targets of at least 44 by 44 pixels', async () => {
  const viewport = { width: 390, height: 844 };
  const { page } = await open({ browser: { viewport, hasTouch: true, isMobile: true } });
  /** Controls that are shown and smaller, with their sizes. A link within text is as high as its line. */
  const findSmall = () =>
    page
      .locator(
        'button, summary, select, input:not([type=radio], [type=checkbox]), nav a, label:has(input[type=radio], input[type=checkbox])',
      )
      .evaluateAll((elements) =>
        elements.flatMap((element) => {
          const { width, height } = element.getBoundingClientRect();
          const isSmall = width > 0 && (width < 44 || height < 44);
          return isSmall ? [`${element.outerHTML.slice(0, 80)} ${width} x ${height}`] : [];
        }),
      );
  await page.getByRole('button', { name: 'Join both' }).click();
  await page.getByRole('button', { name: 'Invite a guest' }).click();
  await page.getByRole('link', { name: '#invite=' }).waitFor();
  await page.getByText('Rules of the room').click();
  await page.getByRole('button', { name: 'Ban Grace' }).waitFor();
  expect(await findSmall()).toEqual([]);
  await page.getByRole('button', { name: 'End the meeting …' }).click();
  expect(await findSmall()).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('All rooms').click();
  await page.getByRole('list', { name: 'Rooms' }).getByRole('button').first().waitFor();
  expect(await findSmall()).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'API explorer' }).click();
  await page.locator('.menu summary').click();
  await page.locator('.menu a[href="#/api/joinRoom"]').click();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('201 Created').waitFor();
  expect(await findSmall()).toEqual([]);
  await page.getByRole('button', { name: 'Inspect this token' }).click();
  await page.getByText('Valid token').waitFor();
  expect(await findSmall()).toEqual([]);
});

it('moves nothing for people who prefer reduced motion', async () => {
  const { page } = await open({ browser: { reducedMotion: 'reduce' }, hash: '#/api/joinRoom' });
  const moving = await page.locator('*').evaluateAll(
    (elements) =>
      elements.filter((element) => {
        const style = Object(globalThis).getComputedStyle(element);
        return style.transitionDuration !== '0s' || style.animationName !== 'none';
      }).length,
  );
  expect(moving).toBe(0);
});

it('can be used with the keyboard alone', async () => {
  const { page } = await open();
  const tabTo = async (what: string) => {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      // Not `:focus`, which does not match while the picker in a field for times has the focus.
      const focused = await page.evaluate(() => {
        const { activeElement } = Object(globalThis).document;
        return (
          activeElement.labels?.[0]?.textContent ??
          activeElement.getAttribute('aria-label') ??
          activeElement.textContent
        );
      });
      if (focused?.trim() === what) return;
    }
    expect.fail(`Tab does not reach ${what}.`);
  };
  await tabTo('Skip to the content');
  await page.keyboard.press('Enter');
  await tabTo('Join both');
  await page.keyboard.press('Enter');
  await page.getByText('In the room standup as publisher.').waitFor();
  await tabTo('Invite a guest');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '#invite=' }).waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await page.getByText('No one is waiting.').waitFor();

  await page.locator('.skip').focus();
  await tabTo('API explorer');
  await page.keyboard.press('Enter');
  await tabTo('POSTJoin a room');
  await page.keyboard.press('Enter');
  await tabTo('name');
  await page.keyboard.press('Enter');
  await page.getByText('201 Created').waitFor();
  await tabTo('Inspect this token');
  await page.keyboard.press('Enter');
  await page.getByText('Valid token').waitFor();
  expect(await page.locator(':focus').evaluate(({ tagName }) => tagName)).toBe('TEXTAREA');
});
