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

/** Every character percent-encoded, as nobody does and everybody may. */
const encodeAll = (text: string): string =>
  [...text]
    .map((character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .join('');

const readTokens = createNameReader({ parameter: 'name', root: 'rooms', ending: '/tokens' });
const readRoom = createNameReader({ parameter: 'name', root: 'rooms', ending: '' });

describe('the name in a path that API Gateway has not read', () => {
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
  ])('is, of %s, %s', (path, name) => {
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
  ])('is none of %j', (path) => {
    expect(read(path)).toBeUndefined();
  });

  it('is the last segment where nothing follows it', () => {
    expect(readRoom({ path: '/rooms/standup', pathParameters: {} })).toBe('standup');
    expect(readRoom({ path: '/rooms/standup/tokens', pathParameters: {} })).toBeUndefined();
  });
});

describe('the name that API Gateway has read', () => {
  it.each([
    ['/rooms/a/rooms/b/tokens', 'a/rooms/b', 'a/rooms/b'],
    ['/rooms/a/rooms/b/tokens', 'a', 'a'],
    ['/rooms/a%2Frooms%2Fb/tokens', 'a%2Frooms%2Fb', 'a/rooms/b'],
    ['/prod/v1/rooms/x/tokens', 'y', 'y'],
    ['/rooms/x/tokens', '', ''],
    ['/rooms/x\n/tokens', 'x\n', 'x\n'],
  ])('wins over the path %s: %j', (path, name, expected) => {
    expect(readTokens({ path, pathParameters: { name } })).toBe(expected);
  });

  it.each([null, 7, {}, ['b']])('does not count where it is no text: %j', (name) => {
    expect(readTokens({ path: '/rooms/a/tokens', pathParameters: { name } })).toBe('a');
  });

  it('says nothing of a path of another form', () => {
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
    'is read from the path where the parameters are %j',
    (pathParameters) => {
      expect(read({ ...httpApiEvent({ sessionId }), pathParameters })).toBe(sessionId);
      expect(read({ ...restApiEvent({ sessionId }), pathParameters })).toBe(sessionId);
    },
  );

  it('is the one that API Gateway read where the path says otherwise', () => {
    for (const named of [sessionId, encodeAll(sessionId)]) {
      const event = { ...httpApiEvent({ sessionId: named }), rawPath: '/sessions/other/tokens' };
      expect(read(event)).toBe(sessionId);
      // Whatever the route is called where others deploy the function.
      expect(read({ ...event, rawPath: '/calls' })).toBe(sessionId);
    }
  });
});
