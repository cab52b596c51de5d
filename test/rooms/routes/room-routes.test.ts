import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../../lib/domain/access.ts';
import { readHttpRequest } from '../../../lib/events/http-request.ts';
import { readRoomRoute, toRoomBody, toRoomStatus } from '../../../lib/rooms/routes/room-routes.ts';
import type { RoomResponse } from '../../../lib/rooms/use-cases/join-room.ts';
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
    expect(toRoomStatus(request, {} as RoomResponse)).toBe(status);
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

  it('takes the requested fields from the body', () => {
    const body = JSON.stringify({ role: 'subscriber', session: { mediaMode: 'routed' } });
    expect(route('POST', '/rooms/standup/tokens', { body })).toMatchObject({
      token: { role: 'subscriber' },
      session: { requested: { mediaMode: 'routed' } },
    });
  });
});

describe('the route of the current apps, POST /v2/createSessionAndJoin', () => {
  const call = (body: object, more: object = {}, sampleRoutes = true) =>
    readRoomRoute(
      readHttpRequest({
        ...{ httpMethod: 'POST', path: '/v2/createSessionAndJoin', body: JSON.stringify(body) },
        ...more,
      }),
      invocation,
      { sampleRoutes },
    );
  const batch = { queryStringParameters: { batch: '1' } };

  it.each(['standup', 'happy+panda+runs', 'a~b.c'])('names the room %s', (roomName) => {
    expect(call({ roomName })).toMatchObject({ action: 'app', room: roomName });
    expect(call({ 0: { roomName } }, batch)).toMatchObject({ action: 'appBatch', room: roomName });
    const based = {
      path: '/api/video/v2/createSessionAndJoin',
      resource: '/v2/createSessionAndJoin',
    };
    expect(call({ roomName, more: true }, based)).toMatchObject({ room: roomName });
  });

  it.each<[body: object, more: object, pointer: string]>([
    [{}, {}, '#/roomName'],
    [{ roomName: 7 }, {}, '#/roomName'],
    [{ roomName: '' }, {}, '#/roomName'],
    [{ roomName: 'a b' }, {}, '#/roomName'],
    [{ roomName: '..' }, {}, '#/roomName'],
    [[], {}, '#/roomName'],
    [{ roomName: 'standup' }, batch, '#/0/roomName'],
    [{ 0: {} }, batch, '#/0/roomName'],
    [{ 0: { roomName: 'standup' } }, {}, '#/roomName'],
  ])('rejects the body %j', async (body, more, pointer) => {
    const fault = await catchFault(() => call(body, more));
    expect(fault.errors).toMatchObject([{ pointer }]);
  });

  it('rejects a batch of two calls, other methods, and all without sampleRoutes', async () => {
    const two = { 0: { roomName: 'a' }, 1: { roomName: 'b' } };
    expect((await catchFault(() => call(two, batch))).message).toContain('one call');
    const get = await catchFault(() => call({ roomName: 'a' }, { httpMethod: 'GET' }));
    expect(get.name).toBe('MethodNotAllowedError');
    const off = await catchFault(() => call({ roomName: 'a' }, {}, false));
    expect(off.name).toBe('RoomNotFoundError');
  });

  it('responds in the envelope of tRPC', () => {
    const answer = { applicationId: 'x', sessionId: 's', sessionKey: 's', token: 't' };
    const envelope = { result: { data: answer } };
    expect(toRoomBody(call({ roomName: 'a' }), answer)).toEqual(envelope);
    expect(toRoomBody(call({ 0: { roomName: 'a' } }, batch), answer)).toEqual([envelope]);
    expect(toRoomBody(route('GET', '/room/a'), answer)).toBe(answer);
  });
});

describe('a room name with +', () => {
  it.each(['/room/happy+panda', '/session/happy+panda'])('is a room on %s', (path) => {
    expect(route('GET', path)).toMatchObject({ room: 'happy+panda' });
    expect(route('GET', path.replace('+', '%2B'))).toMatchObject({ room: 'happy+panda' });
  });

  it('is not one on other routes', async () => {
    const fault = await catchFault(() => route('POST', '/rooms/happy+panda/tokens'));
    expect(fault.name).toBe('ValidationError');
  });
});
