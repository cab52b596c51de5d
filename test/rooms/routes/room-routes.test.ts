import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../../lib/domain/access.ts';
import { readHttpRequest } from '../../../lib/events/http-request.ts';
import { readRoomRoute, toRoomStatus } from '../../../lib/rooms/routes/room-routes.ts';
import type { RoomAnswer } from '../../../lib/rooms/use-cases/join-room.ts';
import { catchFault } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_SECONDS } from '../../support/fixtures.ts';

const invocation = {
  requestId: 'request',
  nowSeconds: NOW_SECONDS,
  remainingMs: () => 10_000,
  caller: TRUSTED,
  maxTokenSeconds: 30 * DAY_SECONDS,
};

interface RouteOptions {
  readonly sampleRoutes?: boolean;
  readonly body?: string;
  /** What API Gateway read from the path. */
  readonly name?: string;
}

function route(
  method: string,
  path: string,
  { sampleRoutes = true, body = '', name }: RouteOptions = {},
) {
  const pathParameters = name === undefined ? null : { name };
  const http = readHttpRequest({ httpMethod: method, path, pathParameters, body });
  return readRoomRoute(http, invocation, { sampleRoutes });
}

describe('a route of rooms', () => {
  it.each([
    ['POST', '/rooms/standup/tokens', 'join', 'standup', 201],
    ['POST', '/rooms/standup/tokens/', 'join', 'standup', 201],
    ['POST', '/prod/rooms/standup/tokens', 'join', 'standup', 201],
    ['POST', '/rooms/stand%75p/tokens', 'join', 'standup', 201],
    ['POST', '/rooms/tokens/tokens', 'join', 'tokens', 201],
    ['POST', '/rooms/rooms/tokens', 'join', 'rooms', 201],
    ['GET', '/room/standup', 'sample', 'standup', 200],
    ['GET', '/room/a%7Eb', 'sample', 'a~b', 200],
    ['GET', '/prod/room/standup', 'sample', 'standup', 200],
    ['GET', '/session', 'sample', 'session', 200],
    ['GET', '/room/session', 'sample', 'session', 200],
    ['GET', '/prod/session', 'sample', 'session', 200],
    ['GET', '/session/', 'sample', 'session', 200],
    ['GET', '/session/standup', 'reference', 'standup', 200],
    ['GET', '/prod/session/standup', 'reference', 'standup', 200],
    ['GET', '/session/a%7Eb/', 'reference', 'a~b', 200],
    ['GET', '/session/session', 'reference', 'session', 200],
  ])('%s %s is: %s %s', (method, path, action, room, status) => {
    const request = route(method, path);
    expect(request).toMatchObject({ action, room });
    expect(toRoomStatus(request, {} as RoomAnswer)).toBe(status);
  });

  it.each([
    ['GET', '/rooms/standup/tokens', 'POST'],
    ['DELETE', '/rooms/standup/tokens', 'POST'],
    ['POST', '/room/standup', 'GET'],
    ['DELETE', '/session', 'GET'],
    ['POST', '/session/standup', 'GET'],
  ])('%s %s is answered with what is allowed', async (method, path, allow) => {
    expect(await catchFault(() => route(method, path))).toMatchObject({
      name: 'MethodNotAllowedError',
      status: 405,
      allow,
    });
  });

  it.each([
    ['GET', '/'],
    ['GET', '/rooms'],
    ['GET', '/rooms/standup'],
    ['PUT', '/rooms/standup'],
    ['DELETE', '/rooms/standup'],
    ['GET', '/rooms/'],
    ['GET', '/rooms/a/b'],
    ['POST', '/rooms/a/rooms/b/tokens'],
    ['GET', '/rooms/a/rooms/b'],
    ['DELETE', '/rooms/a/rooms/b'],
    ['GET', '/rooms/a/room/b'],
    ['GET', '/room/a/session'],
    ['GET', '/rooms/a/session'],
    ['POST', '/rooms//tokens'],
    ['POST', '/rooms/a/b/tokens'],
    ['GET', '/room'],
    ['GET', '/session/standup/tokens'],
    ['GET', '/mysession'],
    ['GET', ''],
  ])('%s %s is none', async (method, path) => {
    const fault = await catchFault(() => route(method, path));
    expect(fault).toMatchObject({ name: 'RoomNotFoundError', status: 404 });
  });

  it.each(['/session', '/room/standup', '/room/session', '/session/standup'])(
    'GET %s is none unless sample routes are switched on',
    async (path) => {
      const fault = await catchFault(() => route('GET', path, { sampleRoutes: false }));
      expect(fault).toMatchObject({ name: 'RoomNotFoundError', status: 404 });
    },
  );

  it.each([
    '/rooms/a%20b/tokens',
    '/rooms/a%2Fb/tokens',
    '/rooms/../tokens',
    '/rooms/%2E/tokens',
    `/rooms/${'x'.repeat(129)}/tokens`,
  ])('POST %s names no room that could be', async (path) => {
    expect((await catchFault(() => route('POST', path))).name).toBe('ValidationError');
  });

  it.each([
    ['POST', '/rooms/a/rooms/b/tokens', 'join'],
    ['GET', '/room/a/room/b', 'sample'],
  ])('%s %s acts on the room that API Gateway names', async (method, path, action) => {
    expect(route(method, path, { name: 'a' })).toMatchObject({ action, room: 'a' });
    for (const name of [path.slice(path.indexOf('a')), 'a/b', 'a%2Fb', '..', '%2e']) {
      expect((await catchFault(() => route(method, path, { name }))).name).toBe('ValidationError');
    }
  });

  it.each([['GET', '/room/a/session', 'a/session']])(
    '%s %s is refused for its name, which is %s',
    async (method, path, name) => {
      expect((await catchFault(() => route(method, path, { name }))).name).toBe('ValidationError');
    },
  );

  it('asks nothing of a room that exists when it is the sample page, and makes a routed one', () => {
    expect(route('GET', '/session')).toMatchObject({
      token: { expireTime: NOW_SECONDS + DAY_SECONDS },
      session: { options: { mediaMode: 'routed', archiveMode: 'manual' }, requested: {} },
    });
  });

  it('takes what is asked for from the body', () => {
    const body = JSON.stringify({ role: 'subscriber', session: { mediaMode: 'routed' } });
    expect(route('POST', '/rooms/standup/tokens', { body })).toMatchObject({
      token: { role: 'subscriber' },
      session: { requested: { mediaMode: 'routed' } },
    });
  });
});
