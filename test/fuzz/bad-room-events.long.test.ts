/**
 * Events for the routes of rooms with every field in turn missing, null, of a wrong type or hostile: always
 * a response, and never an internal error.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../lib/events/http-response.ts';
import { roomEvent } from '../rooms/room-events.ts';
import { type RunningRooms, startRooms } from '../rooms/start-rooms.ts';
import { restApiEvent } from '../support/http-events.ts';
import { JUNK, placesOf, put } from './damage.ts';

/** For routes that read the table for each request. */
const FEW = [undefined, null, 1, '', '__proto__', {}];
const STATUSES = [200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 415];

let joining: RunningRooms;
let managing: RunningRooms;
beforeAll(async () => {
  joining = await startRooms('joinRoom');
  managing = await startRooms('manageRoom');
});
afterAll(async () => {
  await managing.close();
  await joining.close();
});

function expectInContract({ statusCode, headers, body }: HttpResponse): void {
  expect(STATUSES).toContain(statusCode);
  expect(headers['cache-control']).toBe('no-store');
  if (statusCode === 204) expect(body).toBe('');
  else if (statusCode >= 400) {
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status: statusCode, title: expect.any(String) });
  } else expect(JSON.parse(body)).toHaveProperty('sessionId');
  expect(headers['allow'] ?? '').toMatch(statusCode === 405 ? /^[A-Z]+(?:, [A-Z]+)*$/ : /^$/);
}

describe('functions with routes of rooms respond within the contract', () => {
  const body = { role: 'publisher', session: { mediaMode: 'routed' } };
  it.each([
    ['a token', roomEvent({ route: 'POST /rooms/standup/tokens', body }), JUNK],
    [
      'a token, REST API',
      roomEvent({ route: 'POST /rooms/standup/tokens', body }, restApiEvent),
      JUNK,
    ],
    ['a look at a room', roomEvent('GET /rooms/standup'), FEW],
    ['the end of a room', roomEvent('DELETE /rooms/standup'), FEW],
  ])('for any value in one field of an event for %s', async (scenario, event, hostile) => {
    const rooms = scenario.startsWith('a token') ? joining : managing;
    for (const path of placesOf(event)) {
      for (const junk of hostile) {
        try {
          expectInContract((await rooms.invoke(put(event, path, junk))) as HttpResponse);
        } catch (cause) {
          throw new Error(`${path.join('.')} = ${JSON.stringify(junk)?.slice(0, 80)}`, { cause });
        }
      }
    }
  });
});
