/** Whether everybody can use the page: keyboard, screen reader, dark and light, narrow and wide. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type ApiDocument, readOperations } from '../../console/operations.ts';
import openapi from '../../docs/openapi.json' with { type: 'json' };
import { useConsole } from './open-console.ts';

const open = useConsole();
const operations = readOperations(openapi as unknown as ApiDocument);

const sizes = { narrow: { width: 320, height: 640 }, wide: { width: 1440, height: 900 } };
const appearances = (['light', 'dark'] as const).flatMap((colorScheme) =>
  Object.entries(sizes).map(([size, viewport]) => [colorScheme, size, viewport] as const),
);

async function findViolations(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    // What passes is not described, which takes longer than all else.
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 120)}`),
  );
}

describe.each(appearances)('in %s and %s', (colorScheme, size, viewport) => {
  it('axe finds nothing, whatever the page shows, and nothing is cut off', async () => {
    const { page } = await open({ browser: { colorScheme, viewport } });
    const overflow = () =>
      page.locator('html').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect([await findViolations(page), await overflow()]).toEqual([[], 0]);

    await page.getByLabel('an end user').check();
    await page.getByLabel('archiveMode').selectOption('always');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('ForbiddenError').or(page.getByText('ValidationError')).waitFor();
    const long = { exp: 1, application_id: 'x'.repeat(200), ['k'.repeat(200)]: 1 };
    const token = `${btoa('{}')}.${btoa(JSON.stringify(long))}.`;
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.getByText('the platform refuses this token').waitFor();
    await page.getByRole('button', { name: 'Join both' }).click();
    await page.getByText('In the room standup as moderator.').waitFor();
    expect([await findViolations(page), await overflow()]).toEqual([[], 0]);

    await page.getByRole('button', { name: 'Inspect the token' }).first().click();
    await page.getByText('No rule speaks against this token.').waitFor();
    expect([await findViolations(page), await overflow()]).toEqual([[], 0]);

    const [host, other] = [page.locator('.pane').first(), page.locator('.pane').last()];
    await page.getByLabel('Room', { exact: true }).fill(`door-${colorScheme}-${size}`);
    await host.getByText('The door').click();
    await host.getByLabel('Admission').selectOption('knock');
    await host.getByText('Nobody waits.').waitFor();
    await host.getByRole('button', { name: 'Make an invite' }).click();
    await host.getByRole('link').waitFor();
    await other.getByRole('button', { name: 'Leave' }).click();
    await other.getByLabel('Comes as').selectOption('a user');
    await other.getByLabel('Role').selectOption('publisher');
    await other.getByRole('button', { name: 'Join', exact: true }).click();
    await host.getByRole('button', { name: 'Deny Grace' }).waitFor();
    expect([await findViolations(page), await overflow()]).toEqual([[], 0]);
    await other.getByRole('button', { name: 'Give up' }).click();
    await other.getByLabel('Comes as').selectOption('a guest');
    expect([await findViolations(page), await overflow()]).toEqual([[], 0]);
  });
});

it('axe finds nothing in any form', async () => {
  const { page } = await open();
  for (const { id } of operations) {
    await page.locator(`input[value="${id}"]`).check();
    expect([id, await findViolations(page)]).toEqual([id, []]);
  }
});

it('everything can be done with the keyboard alone', async () => {
  const { page } = await open();
  const tabTo = async (what: string) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.locator(':focus').evaluate((element) => {
        const { labels } = element as unknown as { labels?: { textContent: string }[] };
        return (
          labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent
        );
      });
      if (focused?.trim() === what) return;
    }
    expect.fail(`Tab does not get to ${what}.`);
  };
  await tabTo('Skip to the forms');
  await page.keyboard.press('Enter');
  await tabTo('Create a sessionPOST /sessions');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await tabTo('name');
  await page.keyboard.type('standup');
  await page.keyboard.press('Enter');
  await page.getByText('201 Created').waitFor();
  await tabTo('Inspect this token');
  await page.keyboard.press('Enter');
  await page.getByText('No rule speaks against this token.').waitFor();
  await tabTo('Join both');
  await page.keyboard.press('Enter');
  await page.getByText('In the room standup as moderator.').waitFor();

  await tabTo('The door');
  await page.keyboard.press('Enter');
  await tabTo('Make an invite');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '#invite=' }).waitFor();
});
