/** The list of rooms in a real browser: paging, choosing, and its empty and failing states. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useConsole } from './open-console.ts';

const open = useConsole();

const pickerOf = (page: Page) => page.locator('.picker');
const namesOf = (page: Page) =>
  page.getByRole('list', { name: 'Rooms' }).locator('strong').allTextContents();

describe('the list of rooms', () => {
  it('is empty at first, and then has the rooms of hosts and of joining', async () => {
    const { page, api } = await open();
    await page.getByText('All rooms').click();
    await pickerOf(page).getByText('No rooms yet. Join one to create it.').waitFor();
    await page.keyboard.press('Escape');
    await pickerOf(page).getByText('No rooms yet.').waitFor({ state: 'hidden' });

    for (let room = 10; room < 32; room += 1) {
      await fetch(`${api.url}/rooms/room-${room}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ admission: 'knock', reference: `lesson ${room}` }),
      });
    }
    await page.getByText('All rooms').click();
    await expect.poll(() => namesOf(page)).toHaveLength(20);
    await pickerOf(page).getByText('ask to join · lesson 10').waitFor();
    await pickerOf(page).getByRole('button', { name: 'More rooms' }).press('Enter');
    await expect.poll(() => namesOf(page)).toHaveLength(22);
    expect(await page.locator(':focus').textContent()).toContain('room-30');
    await page.keyboard.press('Enter');
    const room = page.getByLabel('Room', { exact: true });
    expect(await room.inputValue()).toBe('room-30');
    expect(await page.locator(':focus').inputValue()).toBe('room-30');
    await expect.poll(() => page.url()).toContain('room=room-30');
    const steps = page.getByRole('list', { name: 'Requests' }).getByRole('button');
    expect((await steps.allInnerTexts()).map((text) => text.split('\n')[0])).toEqual([
      'Ada lists the rooms',
      'Ada lists the rooms',
      'Ada lists the rooms',
    ]);
    expect(await page.getByRole('region', { name: 'Client' }).innerText()).toContain(
      "await client.listRooms({ limit: 20, after: 'room-29' });",
    );
  });

  it('says why it cannot be read, and is read again when it is opened again', async () => {
    const { page, complaints } = await open();
    await page.route(/rooms[?]/, (route) => route.abort());
    await page.getByText('All rooms').click();
    await pickerOf(page).getByText('Is npm start still running?').waitFor();
    await page.unroute(/rooms[?]/);
    await page.getByRole('heading', { name: 'Join a room' }).click();
    await page.getByText('All rooms').click();
    await pickerOf(page).getByText('Is npm start still running?').waitFor({ state: 'hidden' });
    // Chromium logs each failed request.
    complaints.length = 0;
  });
});
