import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../../lib/domain/access.ts';
import { readHttpRequest } from '../../../lib/events/http-request.ts';
import {
  parseHostRequest,
  readHostRequest,
  toHostHeaders,
  toHostStatus,
} from '../../../lib/rooms/routes/host-requests.ts';
import type { PutRoom } from '../../../lib/rooms/use-cases/manage-room.ts';
import { catchFault, catchPointers } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_SECONDS } from '../../support/fixtures.ts';

const invocation = {
  requestId: 'request',
  nowSeconds: NOW_SECONDS,
  remainingMs: () => 10_000,
  caller: TRUSTED,
  maxTokenSeconds: 30 * DAY_SECONDS,
};
const rules = { opensAt: NOW_SECONDS + 60, admission: 'closed' };

function route(method: string, path: string, more: object = {}) {
  const http = readHttpRequest({ httpMethod: method, path, ...more });
  return readHostRequest(http, invocation);
}

describe('a route of hosts', () => {
  it.each([
    ['GET', '/rooms/standup', 'getRoom', 'standup', 200],
    ['GET', '/prod/rooms/standup/', 'getRoom', 'standup', 200],
    ['GET', '/rooms/tokens', 'getRoom', 'tokens', 200],
    ['PUT', '/rooms/stand%75p', 'putRoom', 'standup', 200],
    ['DELETE', '/rooms/standup', 'deleteRoom', 'standup', 204],
  ])('%s %s is: %s %s', (method, path, action, room, status) => {
    const request = route(method, path);
    expect(request).toMatchObject({ action, room });
    expect(toHostStatus(request, {})).toBe(status);
  });

  it('tells a room that was created by the status, and shows its tag', () => {
    const answer = { created: true, etag: '"x"' } as PutRoom;
    const request = route('PUT', '/rooms/standup');
    expect(toHostStatus(request, answer)).toBe(201);
    expect(toHostStatus(request, { ...answer, created: false })).toBe(200);
    expect(toHostHeaders(answer)).toEqual({ etag: '"x"' });
    expect(toHostHeaders({})).toEqual({});
  });

  it.each(['POST', 'PATCH'])('is not asked with %s', async (method) => {
    expect(await catchFault(() => route(method, '/rooms/standup'))).toMatchObject({
      name: 'MethodNotAllowedError',
      allow: 'GET, PUT, DELETE',
    });
  });

  it.each([
    '/',
    '/rooms/a/b',
    '/rooms//',
    '/x/y/rooms',
    '/rooms/a/rooms/b',
    '/room/standup',
    '/session',
  ])('is not %s', async (path) => {
    expect((await catchFault(() => route('GET', path))).name).toBe('RoomNotFoundError');
  });

  it('acts on the room that API Gateway names', async () => {
    const pathParameters = { name: 'a' };
    const path = '/prod/rooms/a';
    expect(route('DELETE', path, { pathParameters })).toMatchObject({ room: 'a' });
    const fault = await catchFault(() => route('DELETE', '/rooms/a/rooms/b', { pathParameters }));
    expect(fault.name).toBe('RoomNotFoundError');
    for (const name of ['a/b', '..', '%2e', 'a%2Fb']) {
      const more = { pathParameters: { name } };
      expect((await catchFault(() => route('PUT', '/rooms/a', more))).name).toBe('ValidationError');
    }
  });

  it('takes session and rules from the body, and refuses all that is wrong at once', async () => {
    const request = { ...rules, session: { mediaMode: 'routed' } };
    expect(route('PUT', '/rooms/standup', { body: JSON.stringify(request) })).toMatchObject({
      session: { requested: { mediaMode: 'routed' } },
      rules,
    });
    const wrong = JSON.stringify({ closesAt: 1, session: { mediaMode: 'x' }, colour: 'green' });
    const pointers = await catchPointers(() => route('PUT', '/rooms/x', { body: wrong }));
    expect(pointers.sort()).toEqual(['#/closesAt', '#/colour', '#/session/mediaMode']);
  });

  it.each<[where: string, event: object, matches: readonly string[], doesNot: readonly string[]]>([
    ['is not there', {}, ['"a"', '"b"'], []],
    ['is one', { headers: { 'if-match': '"a"' } }, ['"a"'], ['"b"']],
    ['is spelled otherwise', { headers: { 'IF-Match': '"a"' } }, ['"a"'], ['"b"']],
    ['is joined', { headers: { 'if-match': '"a","b"' } }, ['"a"', '"b"'], ['"c"']],
    [
      'comes twice in payload 1.0',
      { headers: { 'If-Match': '"b"' }, multiValueHeaders: { 'If-Match': ['"a"', '"b"'] } },
      ['"a"', '"b"'],
      ['"c"'],
    ],
    ['is null', { headers: null, multiValueHeaders: { 'If-Match': null } }, ['"a"'], []],
  ])('knows If-Match when it %s', (_where, event, matches, doesNot) => {
    for (const method of ['PUT', 'DELETE']) {
      const request = route(method, '/rooms/standup', event);
      const { ifMatch = () => false } = 'ifMatch' in request ? request : {};
      for (const tag of matches) expect(ifMatch(tag)).toBe(true);
      for (const tag of doesNot) expect(ifMatch(tag)).toBe(false);
    }
  });

  it.each([[7], [{}], [['"a"', 7]], ['a']])('refuses the If-Match %j', async (value) => {
    const more = { headers: { 'if-match': value } };
    expect((await catchFault(() => route('PUT', '/rooms/x', more))).name).toBe('ValidationError');
  });
});

describe('the route of all rooms', () => {
  it.each([
    ['/rooms', {}],
    ['/rooms/', {}],
    ['/prod/rooms', {}],
    ['/rooms', { resource: '/rooms' }],
    ['/a/b/rooms', { resource: '/rooms' }],
  ])('lists rooms: %s %j', (path, more) => {
    const queryStringParameters = { limit: '7', after: 'standup' };
    const request = route('GET', path, { ...more, queryStringParameters, body: '{"room":"a"}' });
    expect(request).toEqual({ action: 'listRooms', limit: 7, after: 'standup' });
    expect(toHostStatus(request, { rooms: [], next: null })).toBe(200);
  });

  it('reads the query of payload 2.0', () => {
    const http = readHttpRequest({
      ...{ rawPath: '/rooms', rawQueryString: 'limit=7', routeKey: 'GET /rooms' },
      requestContext: { http: { method: 'GET' } },
    });
    expect(readHostRequest(http, invocation)).toEqual({ action: 'listRooms', limit: 7 });
  });

  it('rejects an invalid query', async () => {
    const queryStringParameters = { limit: '0', after: '..' };
    const attempt = () => route('GET', '/rooms', { queryStringParameters });
    expect(await catchPointers(attempt)).toEqual(['#/limit', '#/after']);
  });

  it.each(['POST', 'PUT', 'DELETE'])('rejects %s', async (method) => {
    expect(await catchFault(() => route(method, '/rooms'))).toMatchObject({
      ...{ name: 'MethodNotAllowedError', allow: 'GET' },
    });
  });

  it.each([
    ['/rooms/rooms', {}, 'rooms'],
    ['/rooms/rooms', { pathParameters: { name: 'rooms' } }, 'rooms'],
    ['/rooms/rooms', { pathParameters: { name: 'rooms' }, resource: '/rooms/{name}' }, 'rooms'],
  ])('is not a room called rooms: %s %j', (path, more, room) => {
    expect(route('GET', path, more)).toEqual({ action: 'getRoom', room });
  });
});

describe('a direct request of hosts', () => {
  const parse = (input: unknown) => parseHostRequest(input, invocation);

  it('names its action, its room and what the route takes', () => {
    expect(parse({ action: 'getRoom', room: 'standup' })).toEqual({
      action: 'getRoom',
      room: 'standup',
    });
    const put = parse({ action: 'putRoom', room: 'standup', ifMatch: '"a"', ...rules });
    expect(put).toMatchObject({ action: 'putRoom', room: 'standup', rules });
    expect('ifMatch' in put && [put.ifMatch('"a"'), put.ifMatch('"b"')]).toEqual([true, false]);
    const removed = parse({ action: 'deleteRoom', room: 'standup', ifMatch: '*' });
    expect('ifMatch' in removed && removed.ifMatch(undefined)).toBe(false);
  });

  it('lists rooms', () => {
    expect(parse({ action: 'listRooms', limit: 7, after: 'standup' })).toEqual({
      ...{ action: 'listRooms', limit: 7, after: 'standup' },
    });
    expect(parse({ action: 'listRooms' })).toEqual({ action: 'listRooms', limit: 100 });
  });

  it.each<[input: unknown, pointers: string[]]>([
    [undefined, ['#/action']],
    [null, ['#/action']],
    ['getRoom', ['#/action']],
    [{ room: 'standup' }, ['#/action']],
    [{ action: 'join', room: 'standup' }, ['#/action']],
    [{ action: 'getRoom' }, ['#/room']],
    [{ action: 'listRooms', room: 'a', limit: 101, after: '' }, ['#/room', '#/limit', '#/after']],
    [{ action: 'getRoom', room: 'a b', colour: 1 }, ['#/room', '#/colour']],
    [{ action: 'getRoom', room: 'a', ifMatch: '*' }, ['#/ifMatch']],
    [{ action: 'deleteRoom', room: 'a', admission: 'closed' }, ['#/admission']],
    [{ action: 'putRoom', room: '', opensAt: 'now' }, ['#/room', '#/opensAt']],
    [{ action: 'putRoom', ifMatch: 'a', opensAt: 'now' }, ['#/ifMatch', '#/room', '#/opensAt']],
    [{ action: 'deleteRoom', ifMatch: null }, ['#/ifMatch', '#/room']],
    [{ action: 'deleteInvite', room: 'a' }, ['#/inviteId']],
    [{ action: 'deleteInvite', room: 'a', inviteId: 7, colour: 1 }, ['#/inviteId', '#/colour']],
    [{ action: 'decideKnock', decision: 'let in' }, ['#/knockId', '#/room', '#/decision']],
    [{ action: 'decideKnock', room: 'a', knockId: null, decision: 'deny' }, ['#/knockId']],
  ])('is refused: %j', async (input, pointers) => {
    expect(await catchPointers(() => parse(input))).toEqual(pointers);
  });
});

describe('a route of invites and knocks', () => {
  const ids = { invite: 'a'.repeat(16), knock: 'b'.repeat(22) };
  const decision = { decision: 'admit' };
  it.each<[method: string, path: string, body: object | undefined, asked: object, status: number]>([
    ['GET', '/rooms/ward/invites', undefined, { action: 'listInvites' }, 200],
    ['POST', '/rooms/ward/invites/', { maxGuests: 2 }, { action: 'createInvite' }, 201],
    ['POST', '/prod/rooms/ward/invites', undefined, { action: 'createInvite' }, 201],
    [
      ...(['DELETE', `/rooms/ward/invites/${ids.invite}`, undefined] as const),
      ...([{ action: 'deleteInvite', inviteId: ids.invite }, 204] as const),
    ],
    ['GET', '/rooms/ward/knocks', undefined, { action: 'listKnocks' }, 200],
    ['PUT', '/rooms/ward/knocks', decision, { action: 'decideKnocks', ...decision }, 204],
    [
      ...(['PUT', `/rooms/ward/knocks/${ids.knock}`, decision] as const),
      ...([{ action: 'decideKnock', knockId: ids.knock, ...decision }, 204] as const),
    ],
  ])('%s %s is: %j', (method, path, body, asked, status) => {
    const more = body ? { body: JSON.stringify(body) } : {};
    for (const pathParameters of [null, { name: 'ward' }]) {
      const request = route(method, path, { ...more, pathParameters });
      expect(request).toMatchObject({ room: 'ward', ...asked });
      expect(toHostStatus(request, {})).toBe(status);
    }
  });

  it('is not confused with rooms of such names', () => {
    for (const name of ['invites', 'knocks', 'rooms']) {
      for (const pathParameters of [null, { name }]) {
        expect(route('GET', `/rooms/${name}`, { pathParameters })).toEqual({
          ...{ action: 'getRoom', room: name },
        });
      }
      const pathParameters = { name };
      expect(route('GET', `/rooms/${name}/knocks`, { pathParameters })).toEqual({
        ...{ action: 'listKnocks', room: name },
      });
    }
  });

  it.each<[path: string, more: Record<string, string>, id: string]>([
    // As an HTTP API hands on `x%2Fy`, and a REST API what it cannot decode.
    ['/rooms/ward/invites/x/y', { inviteId: 'x/y' }, 'x/y'],
    ['/rooms/ward/invites//rooms/ward', { inviteId: '/rooms/ward' }, '/rooms/ward'],
    ['/rooms/ward/invites/x/rooms/ward', { inviteId: 'x/rooms/ward' }, 'x/rooms/ward'],
    ['/rooms/ward/invites/x%2Fy', { inviteId: 'x%2Fy' }, 'x/y'],
    ['/rooms/%77ard/invites/%zz', { inviteId: '%zz' }, '%zz'],
    ['/rooms/other/invites/z', { inviteId: 'x' }, 'x'],
    ['/rooms/ward/invites/', { inviteId: '' }, ''],
    // Where others call the parameter otherwise, or have none.
    ['/rooms/ward/invites/x/y', {}, 'x/y'],
    ['/rooms/ward/invites/x/rooms/ward', {}, 'x/rooms/ward'],
    ['/rooms/ward/invites/x\ny/', {}, 'x\ny'],
    ['/rooms/%77ard/invites/%zz', {}, '%zz'],
    ['/rooms/ward/invites/ward', { proxy: 'invites/ward' }, 'ward'],
  ])('never takes an invite for its room: %j named %j', (path, more, inviteId) => {
    const pathParameters = { name: 'ward', ...more };
    expect(route('DELETE', path, { pathParameters })).toEqual({
      ...{ action: 'deleteInvite', room: 'ward', inviteId },
    });
    const knocks = JSON.parse(
      JSON.stringify({ path, pathParameters }).replaceAll('invite', 'knock'),
    );
    const more2 = { pathParameters: knocks.pathParameters, body: JSON.stringify(decision) };
    expect(route('PUT', knocks.path, more2)).toMatchObject({
      ...{ action: 'decideKnock', room: 'ward', knockId: inviteId },
    });
  });

  it.each(['/rooms/ward/guests', '/rooms/ward/tokens', '/rooms/ward/a/b', '/rooms/other/guests'])(
    'is not %s, though API Gateway names the room',
    async (path) => {
      const pathParameters = { name: 'ward' };
      const fault = await catchFault(() => route('DELETE', path, { pathParameters }));
      expect(fault.name).toBe('RoomNotFoundError');
    },
  );

  it.each([
    '/rooms/ward/guests',
    '/rooms/ward/invites/a/b',
    '/rooms//invites',
    '/room/ward/invites',
  ])('is not %s', async (path) => {
    expect((await catchFault(() => route('GET', path))).name).toBe('RoomNotFoundError');
  });

  it.each([
    ['PUT', '/rooms/ward/invites', 'GET, POST'],
    ['GET', `/rooms/ward/invites/${ids.invite}`, 'DELETE'],
    ['DELETE', '/rooms/ward/knocks', 'GET, PUT'],
    ['GET', `/rooms/ward/knocks/${ids.knock}`, 'PUT'],
  ])('is not asked with %s %s', async (method, path, allow) => {
    expect(await catchFault(() => route(method, path))).toMatchObject({
      ...{ name: 'MethodNotAllowedError', allow },
    });
  });
});

describe('a route of hosts that API Gateway names', () => {
  const values = { name: 'ward', inviteId: 'i'.repeat(16), knockId: 'k'.repeat(22) };

  it.each([
    ['/rooms/{name}', '/rooms/ward', 'GET', 'getRoom'],
    ['/rooms/{name}/invites', '/rooms/ward/invites', 'GET', 'listInvites'],
    [
      '/rooms/{name}/invites/{inviteId}',
      `/rooms/ward/invites/${values.inviteId}`,
      'DELETE',
      'deleteInvite',
    ],
    ['/rooms/{name}/knocks', '/rooms/ward/knocks', 'GET', 'listKnocks'],
    [
      '/rooms/{name}/knocks/{knockId}',
      `/rooms/ward/knocks/${values.knockId}`,
      'PUT',
      'decideKnock',
    ],
  ])('decides, whatever base path comes first: %s', (resource, path, method, action) => {
    for (const base of ['', '/prod', '/api/video', '/a/b/c/rooms/x']) {
      for (const given of [values, {}]) {
        if (given !== values && base.split('/').length > 2) continue;
        const more = { resource, pathParameters: given, body: '{"decision":"admit"}' };
        expect(route(method, base + path, more)).toMatchObject({ action, room: 'ward' });
      }
    }
  });

  it.each([
    ['/rooms/{name}', '/rooms/ward/invites'],
    ['/rooms/{name}', '/rooms/ward/rooms'],
    ['/rooms/{name}', '/rooms/other'],
    ['/rooms/{name}/invites', '/rooms/ward'],
    ['/rooms/{name}/knocks', '/rooms/ward/invites'],
    ['/rooms/{name}/tokens', '/rooms/ward/tokens'],
    ['/rooms/{name}/{other}', '/rooms/ward/x'],
    ['/sessions', '/rooms/ward'],
  ])('%s is a 404 with the path %s', async (resource, path) => {
    const more = { resource, pathParameters: { ...values, other: 'x' } };
    expect((await catchFault(() => route('GET', path, more))).name).toBe('RoomNotFoundError');
  });
});

describe('a path that matches no route after the name of a room', () => {
  it.each(['rooms', 'rooms/ward', 'tokens', 'x', '/', '//', '/x'])(
    'is a 404 and never the room: /rooms/ward/%s',
    async (rest) => {
      for (const pathParameters of [{ name: 'ward' }, {}]) {
        const attempt = () => route('DELETE', `/rooms/ward/${rest}`, { pathParameters });
        expect((await catchFault(attempt)).name).toBe('RoomNotFoundError');
      }
    },
  );
});
