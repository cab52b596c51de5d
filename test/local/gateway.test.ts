/**
 * The local gateway over real sockets: the events that functions receive, and the responses of API Gateway
 * itself.
 */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type GatewayOptions, startGateway } from '../../local/gateway.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { NOW_MS } from '../support/fixtures.ts';
import { httpApiEvent } from '../support/http-events.ts';

const open = closedAfterEach(startGateway);
const routes = [
  { functionName: 'create', method: 'POST', path: '/sessions' },
  { functionName: 'issue', method: 'POST', path: '/sessions/{sessionId}/tokens' },
  { functionName: 'look', method: 'GET', path: '/rooms/{name}' },
];
const created = {
  statusCode: 201,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: '{"é":1}',
};

async function start(
  invoke: GatewayOptions['invoke'] = async () => created,
  judge: GatewayOptions['judge'] = () => undefined,
  more: Pick<GatewayOptions, 'findPage'> = {},
) {
  const events: Record<string, unknown>[] = [];
  const notices: string[] = [];
  const gateway = await open({
    host: '127.0.0.1',
    port: 0,
    routes,
    judge,
    invoke: (route, event) => {
      events.push({ ...event });
      return invoke(route, event);
    },
    onNotice: ({ message }) => notices.push(message),
    newRequestId: () => 'request-1',
    now: () => NOW_MS,
    ...more,
  });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${gateway.port}${path}`, { method: 'POST', ...init });
  return { gateway, events, notices, ask };
}

const json = { 'content-type': 'application/json' };

describe('a function gets', () => {
  it('the fields that it gets of API Gateway', async () => {
    const { ask, events } = await start();
    await ask('/sessions/1_x/tokens', { body: '{}', headers: json });
    const wanted = httpApiEvent({ sessionId: '1_x', body: '{}' });
    const [event = {}] = events;
    const fieldsOf = (value: unknown) => Object.keys(Object(value)).toSorted();
    expect(fieldsOf(event)).toEqual(fieldsOf(wanted));
    const { authorizer: _, ...context } = wanted['requestContext'] as Record<string, unknown>;
    expect(fieldsOf(event['requestContext'])).toEqual(fieldsOf(context));
    for (const field of ['version', 'routeKey', 'rawPath', 'pathParameters', 'body']) {
      expect(event[field]).toEqual(wanted[field]);
    }
    expect(event['requestContext']).toMatchObject({
      requestId: 'request-1',
      time: '14/Nov/2023:22:13:20 +0000',
      http: { method: 'POST', path: '/sessions/1_x/tokens', sourceIp: '127.0.0.1' },
    });
  });

  it('its query raw, and with repeated parameters joined', async () => {
    const { ask, events } = await start();
    await ask('/rooms/x?a=1&b=%C3%A9&a=2', { method: 'GET' });
    expect(events[0]).toMatchObject({
      rawQueryString: 'a=1&b=%C3%A9&a=2',
      queryStringParameters: { a: '1,2', b: 'é' },
    });
  });

  it('its path decoded', async () => {
    const { ask, events } = await start();
    await ask('/rooms/stand%75p%20', { method: 'GET' });
    expect(events[0]).toMatchObject({
      rawPath: '/rooms/standup ',
      pathParameters: { name: 'standup ' },
    });
  });

  it('repeated headers joined, and cookies apart', async () => {
    const { ask, events } = await start();
    const headers = new Headers({ 'x-a': '1', cookie: 'a=1; b=2' });
    headers.append('x-a', '2');
    await ask('/sessions', { headers });
    expect(events[0]).toMatchObject({ headers: { 'x-a': '1, 2' }, cookies: ['a=1', 'b=2'] });
    expect(events[0]?.['headers']).not.toHaveProperty('cookie');
  });

  it.each([
    ['application/json', '{"é":1}', false],
    ['application/problem+json; charset=utf-8', '{"é":1}', false],
    ['text/plain', '{"é":1}', false],
    ['application/x-www-form-urlencoded', Buffer.from('{"é":1}').toString('base64'), true],
    ['application/octet-stream', Buffer.from('{"é":1}').toString('base64'), true],
  ])('a body of type %s as %s', async (type, body, isBase64Encoded) => {
    const { ask, events } = await start();
    await ask('/sessions', { body: '{"é":1}', headers: { 'content-type': type } });
    expect(events[0]).toMatchObject({ body, isBase64Encoded });
  });

  it('no body where there is none', async () => {
    const { ask, events } = await start();
    await ask('/sessions');
    expect(events[0]).not.toHaveProperty('body');
    expect(events[0]).toMatchObject({ isBase64Encoded: false });
  });
});

describe('a client gets', () => {
  it('what the function answers', async () => {
    const { ask } = await start();
    const response = await ask('/sessions');
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-length')).toBe('8');
    expect(await response.text()).toBe('{"é":1}');
  });

  it('nothing with a 204', async () => {
    const { ask } = await start(async () => ({ statusCode: 204, headers: {}, body: '' }));
    const response = await ask('/sessions');
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(response.headers.has('content-length')).toBe(false);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/sessions'],
    ['POST', '/sessions/'],
    ['HEAD', '/rooms/x'],
    ['OPTIONS', '/sessions'],
  ])('404 in the words of API Gateway for %s %s', async (method, path) => {
    const { ask, events } = await start();
    const response = await ask(path, { method });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(method === 'HEAD' ? '' : '{"message":"Not Found"}');
    expect(events).toEqual([]);
  });

  it.each<[what: string, invoke: () => Promise<object>]>([
    ['throws', () => Promise.reject(new Error('secret'))],
    ['answers nothing', () => Promise.resolve({})],
    ['answers without a body', () => Promise.resolve({ statusCode: 200, headers: {} })],
  ])('500 in the words of API Gateway when the function %s', async (_what, invoke) => {
    const { ask } = await start(invoke);
    const response = await ask('/sessions');
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('{"message":"Internal Server Error"}');
  });

  it('400 for a path with an escape that is none', async () => {
    const { ask } = await start();
    const response = await ask('/rooms/%zz', { method: 'GET' });
    expect([response.status, await response.text()]).toEqual([400, '{"message":"Bad Request"}']);
  });

  it.each([
    [0, 201],
    [1, 413],
  ])('%i bytes beyond the largest body: %i', async (beyond, status) => {
    const { ask } = await start();
    const body = Buffer.alloc(10 * 1024 * 1024 + beyond);
    expect((await ask('/sessions', { body })).status).toBe(status);
  });

  it('a response to a target that is not a path', async () => {
    const { gateway } = await start();
    const asked = request({ port: gateway.port, host: '127.0.0.1', path: '*', method: 'OPTIONS' });
    asked.end();
    const response = await new Promise<Parameters<typeof text>[0] & { statusCode?: number }>(
      (resolve) => asked.on('response', resolve),
    );
    expect(response.statusCode).toBe(404);
    expect(await text(response)).toBe('{"message":"Not Found"}');
  });
});

describe('a page of another origin', () => {
  const headers = { origin: 'http://localhost:8080' };

  it.each(['/sessions', '/nothing'])('may read the answer of POST %s', async (path) => {
    const { ask } = await start();
    const response = await ask(path, { headers });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toBe('date, etag, retry-after');
  });

  it('may ask before it calls', async () => {
    const { ask, events } = await start();
    const response = await ask('/sessions', {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'DELETE, GET, POST, PUT',
      'access-control-allow-headers':
        'authorization, content-type, if-match, baggage, sentry-trace, traceparent, tracestate, x-amzn-trace-id',
    });
    expect(events).toEqual([]);
  });
});

describe('the log', () => {
  it('has a request that matches no route', async () => {
    const { ask, notices } = await start();
    await ask('/sesions?token=secret');
    expect(notices).toEqual(['POST /sesions matches no route']);
  });

  it('has the invalid field of a 400', async () => {
    const { ask, notices } = await start(async () => ({
      statusCode: 400,
      headers: {},
      body: '{"errors":[{"pointer":"#/role","detail":"must be one of publisher"}]}',
    }));
    await ask('/sessions');
    expect(notices).toEqual(['role: must be one of publisher']);
  });

  it('has a warning for a sign-in token that is not a JWT, and the request is served', async () => {
    const { ask, notices } = await start();
    expect((await ask('/sessions', { headers: { authorization: 'Bearer x' } })).status).toBe(201);
    expect(notices).toEqual([expect.stringContaining('is not a JWT')]);
  });

  it('has nothing for a preflight or a page', async () => {
    const page = { statusCode: 200, headers: {}, body: '' };
    const { ask, notices } = await start(undefined, undefined, { findPage: () => page });
    await ask('/sessions', {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:8080', 'access-control-request-method': 'POST' },
    });
    await ask('/', { method: 'GET' });
    expect(notices).toEqual([]);
  });
});

describe('besides the API', () => {
  const page = { statusCode: 200, headers: { 'content-type': 'text/html' }, body: '<p>é</p>' };
  const findPage = (method: string, path: string) =>
    method === 'GET' && path === '/' ? page : undefined;

  it('pages are served with GET at their path alone', async () => {
    const { ask, events } = await start(undefined, undefined, { findPage });
    const response = await ask('/?x=1', { method: 'GET' });
    expect([response.status, await response.text()]).toEqual([200, '<p>é</p>']);
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/other', { method: 'GET' })).status).toBe(404);
    expect(events).toEqual([]);
  });
});

describe('who calls', () => {
  it('is the end user of a JWT, without a check of its signature', async () => {
    const { ask, events } = await start();
    const claims = Buffer.from('{"sub":"ada","rooms":["a","b"]}').toString('base64url');
    await ask('/sessions', { headers: { authorization: `Bearer e30.${claims}.` } });
    expect(events[0]).toMatchObject({
      requestContext: { authorizer: { jwt: { claims: { sub: 'ada', rooms: '[a b]' } } } },
    });
  });

  it('is trusted without one', async () => {
    const { ask, events } = await start();
    await ask('/sessions', { headers: { authorization: 'Basic YTpi' } });
    expect(events[0]).not.toHaveProperty('requestContext.authorizer');
  });
});
