import { describe, expect, it } from 'vitest';
import { readHttpRequest } from '../../lib/events/http-request.ts';
import { createNameReader, createPathTest, readSessionId } from '../../lib/events/path.ts';
import { sessionIds } from '../support/fixtures.ts';
import {
  functionUrlEvent,
  type HttpEvent,
  httpApiEvent,
  httpDoors,
  restApiEvent,
} from '../support/http-events.ts';

/** Percent-encodes every character. */
const encodeAll = (text: string): string =>
  [...text]
    .map((character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .join('');

const readTokens = createNameReader({ parameter: 'name', root: 'rooms', ending: '/tokens' });
const readRoom = createNameReader({ parameter: 'name', root: 'rooms', ending: '' });

describe('the name in a path without path parameters', () => {
  const read = (path: string) => readTokens({ path, pathParameters: {} });

  it.each([
    ['/rooms/standup/tokens', 'standup'],
    ['/rooms/standup/tokens/', 'standup'],
    ['/prod/rooms/standup/tokens', 'standup'],
    ['/rooms/rooms/tokens', 'rooms'],
    ['/rooms/tokens/tokens', 'tokens'],
    ['/rooms/stand%75p/tokens', 'standup'],
    ['/rooms/a%2Fb/tokens', 'a/b'],
    ['/rooms/stand%2575p/tokens', 'stand%75p'],
    ['/rooms/100%/tokens', '100%'],
    ['/rooms/%E0%A4%A/tokens', '%E0%A4%A'],
    ['/rooms/%2E%2E/tokens', '..'],
  ])('of %s is %s', (path, name) => {
    expect(read(path)).toBe(name);
  });

  it.each([
    '/rooms/a/rooms/b/tokens',
    '/room/a/rooms/b/tokens',
    '/prod/rooms/a/rooms/b/tokens',
    '/a/b/rooms/standup/tokens',
    '/sessions/rooms/standup/tokens',
    'rooms/standup/tokens',
    '//rooms/standup/tokens',
    '/rooms//tokens',
    '/rooms/standup/tokens/x',
    '/rooms/standup/tokens//',
    '/rooms/standup/xtokens',
    '/myrooms/standup/tokens',
    '',
  ])('does not exist in %j', (path) => {
    expect(read(path)).toBeUndefined();
  });

  it('is the last segment if nothing follows it', () => {
    expect(readRoom({ path: '/rooms/standup', pathParameters: {} })).toBe('standup');
    expect(readRoom({ path: '/rooms/standup/tokens', pathParameters: {} })).toBeUndefined();
  });
});

describe('the name in the path parameters', () => {
  it.each([
    ['/rooms/a/rooms/b/tokens', 'a/rooms/b', 'a/rooms/b'],
    ['/rooms/a/rooms/b/tokens', 'a', 'a'],
    ['/rooms/a%2Frooms%2Fb/tokens', 'a%2Frooms%2Fb', 'a/rooms/b'],
    ['/prod/v1/rooms/x/tokens', 'y', 'y'],
    ['/rooms/x/tokens', '', ''],
    ['/rooms/x\n/tokens', 'x\n', 'x\n'],
  ])('takes precedence over the path %s: %j', (path, name, expected) => {
    expect(readTokens({ path, pathParameters: { name } })).toBe(expected);
  });

  it.each([null, 7, {}, ['b']])('is ignored if it is not a string: %j', (name) => {
    expect(readTokens({ path: '/rooms/a/tokens', pathParameters: { name } })).toBe('a');
  });

  it('is ignored for a path of another form', () => {
    for (const path of ['/rooms/a', '/session', '/rooms//tokens', '']) {
      expect(readTokens({ path, pathParameters: { name: 'a' } })).toBeUndefined();
    }
  });
});

describe('a path without a name', () => {
  const isSession = createPathTest('/session');

  it.each([
    ['/session', true],
    ['/session/', true],
    ['/prod/session', true],
    ['/a/b/session', false],
    ['/rooms/session', false],
    ['/mysession', false],
    ['/session/a', false],
  ])('is %s: %s', (path, expected) => {
    expect(isSession({ path, pathParameters: {} })).toBe(expected);
  });
});

describe('the session of a path', () => {
  const sessionId = sessionIds.openTok;
  const read = (event: HttpEvent) => readSessionId(readHttpRequest(event));

  it.each(httpDoors)('is read through %s', (_door, buildEvent) => {
    expect(read(buildEvent({ sessionId }))).toBe(sessionId);
  });

  it.each<[scenario: string, changed: object, expected: string]>([
    ['with a stage before it', { rawPath: `/prod/sessions/${sessionId}/tokens` }, sessionId],
    ['with a slash at its end', { rawPath: `/sessions/${sessionId}/tokens/` }, sessionId],
    ['of another resource', { rawPath: `/sessions/${sessionId}` }, ''],
    ['of something below the tokens', { rawPath: `/sessions/${sessionId}/tokens/x` }, ''],
    ['that is encoded', { rawPath: `/sessions/${encodeAll(sessionId)}/tokens` }, sessionId],
    ['with another session before it', { rawPath: `/sessions/a/sessions/${sessionId}/tokens` }, ''],
    ['with two segments before it', { rawPath: `/a/b/sessions/${sessionId}/tokens` }, ''],
    ['with a room before it', { rawPath: `/rooms/sessions/${sessionId}/tokens` }, ''],
    ['with something before its slash', { rawPath: `x/sessions/${sessionId}/tokens` }, ''],
    ['with an empty id', { rawPath: '/sessions//tokens' }, ''],
    ['that is missing', { rawPath: undefined }, ''],
    ['that is null', { rawPath: null }, ''],
    ['that is a number', { rawPath: 7 }, ''],
  ])('is read from a path %s', (_scenario, changed, expected) => {
    expect(read({ ...functionUrlEvent({ sessionId }), ...changed })).toBe(expected);
  });

  it.each([null, 7, 'x', [], {}, { sessionId: null }, { sessionId: ['x'] }])(
    'is read from the path if the parameters are %j',
    (pathParameters) => {
      expect(read({ ...httpApiEvent({ sessionId }), pathParameters })).toBe(sessionId);
      expect(read({ ...restApiEvent({ sessionId }), pathParameters })).toBe(sessionId);
    },
  );

  it('is the path parameter if the path differs', () => {
    for (const named of [sessionId, encodeAll(sessionId)]) {
      const event = { ...httpApiEvent({ sessionId: named }), rawPath: '/sessions/other/tokens' };
      expect(read(event)).toBe(sessionId);
    }
  });

  it('is the parameter sessionId on any route', () => {
    const pathParameters = { sessionId };
    for (const [route, path] of [
      ['/calls/{sessionId}', `/calls/${sessionId}`],
      ['/calls/{sessionId}', `/v1/calls/${encodeAll(sessionId)}/`],
      ['/calls/{sessionId}/join', `/calls/${sessionId}/join`],
    ]) {
      const routed = { routeKey: `POST ${route}`, rawPath: path, pathParameters };
      expect(read({ ...httpApiEvent(), ...routed })).toBe(sessionId);
      expect(read({ ...restApiEvent(), resource: route, path, pathParameters })).toBe(sessionId);
    }
  });

  it.each([
    ['/sessions/{sessionId}/tokens', '/calls'],
    ['/sessions/{sessionId}/tokens', `/sessions/${sessionId}`],
    ['/sessions/{sessionId}', `/sessions/${sessionId}/tokens`],
    ['/calls/{sessionId}', '/calls/other'],
  ])('does not exist if the route %s and the path %s end differently', (route, path) => {
    const pathParameters = { sessionId };
    const routed = { routeKey: `POST ${route}`, rawPath: path, pathParameters };
    expect(read({ ...httpApiEvent(), ...routed })).toBe('');
    expect(read({ ...restApiEvent(), resource: route, path, pathParameters })).toBe('');
  });
});

describe('a path with a route key of API Gateway', () => {
  const isInviteTokens = createPathTest('/invites/tokens');
  const name = 'standup';
  const located = (route: string | undefined, path: string, pathParameters: object = { name }) => ({
    ...{ route, path, pathParameters: pathParameters as Readonly<Record<string, unknown>> },
  });

  it.each([
    ['/invites/tokens', '/invites/tokens', true],
    ['/invites/tokens', '/api/video/invites/tokens', true],
    ['/invites/tokens', '/a/b/c/d/invites/tokens/', true],
    ['/api/video/invites/tokens', '/prod/api/video/invites/tokens', true],
    ['/invites/tokens', '/api/video/tokens', false],
    ['/invites/tokens', '/invites', false],
    ['/api/video/invites/tokens', '/invites/tokens', false],
    ['/sessions', '/invites/tokens', false],
    ['/tokens', '/invites/tokens', false],
    ['/{a}/tokens', '/invites/tokens', false],
    [undefined, '/api/invites/tokens', true],
    [undefined, '/api/video/invites/tokens', false],
  ])('%s leads by %s to the invites: %s', (route, path, expected) => {
    expect(isInviteTokens(located(route, path, {}))).toBe(expected);
  });

  it.each<[route: string, path: string, parameters: object, name: string | undefined]>([
    ['/rooms/{name}/tokens', '/api/video/rooms/standup/tokens', { name }, 'standup'],
    ['/v1/rooms/{name}/tokens', '/x/y/v1/rooms/standup/tokens', { name }, 'standup'],
    ['/rooms/{room}/tokens', '/api/video/rooms/standup/tokens', { room: name }, 'standup'],
    ['/{tenant}/rooms/{name}/tokens', '/a/rooms/standup/tokens', { tenant: 'a', name }, 'standup'],
    ['/rooms/{name}/tokens', '/rooms/a/rooms/b/tokens', { name: 'a/rooms/b' }, 'a/rooms/b'],
    ['/rooms/{name}/tokens', '/rooms/standup/tokens', {}, 'standup'],
    ['/rooms/{name}/tokens', '/rooms/standup/tokens', { name: 7 }, 'standup'],
    ['/rooms/{name}/tokens', '/rooms/standup', { name }, undefined],
    ['/rooms/{name}/tokens', '/rooms/standup/invites', { name }, undefined],
    ['/rooms/{name}/invites', '/rooms/standup/tokens', { name }, undefined],
    ['/sessions', '/rooms/standup/tokens', {}, undefined],
    ['/rooms/{name+}/tokens', '/rooms/standup/tokens', { name }, undefined],
  ])('%s names, with the path %s and %j, the room %s', (route, path, parameters, expected) => {
    expect(readTokens(located(route, path, parameters))).toBe(expected);
  });

  it.each<[events: string, build: (route: string, path: string, values: object) => object]>([
    [
      '2.0',
      (route, rawPath, pathParameters) => ({
        ...httpApiEvent({ path: '/' }),
        ...{ routeKey: `ANY ${route}`, rawPath, pathParameters },
      }),
    ],
    [
      '1.0',
      (resource, path, pathParameters) => ({
        ...restApiEvent({ path: '/' }),
        ...{ resource, path, pathParameters },
      }),
    ],
  ])('is the rest of a catch-all route: payload %s', (_version, build) => {
    const rest = 'rooms/standup/tokens';
    const whole = `/api/video/${rest}`;
    expect(readTokens(readHttpRequest(build('/{proxy+}', whole, { proxy: rest })))).toBe(name);
    const within = build('/video/{proxy+}', whole, { proxy: rest });
    expect(readTokens(readHttpRequest(within))).toBe(name);
    expect(readTokens(readHttpRequest(build('/{proxy+}', whole, {})))).toBeUndefined();
  });
});
