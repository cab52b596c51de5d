import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startGateway } from '../../local/gateway.ts';
import { judgeRequest } from '../../local/page-guard.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';

const json = { 'content-type': 'application/json' };
const host = 'localhost:3000';

describe('a request to a real project', () => {
  it.each([
    [undefined],
    ['http://localhost'],
    ['http://localhost:8080'],
    ['https://LOCALHOST:8443'],
    ['http://127.0.0.1:3000'],
    ['http://127.1.2.3'],
    ['http://[::1]:3000'],
    ['capacitor://localhost'],
    ['ionic://localhost'],
  ])('passes from the origin %s', (origin) => {
    const from = origin === undefined ? {} : { origin };
    expect(judgeRequest('GET', { host, ...from })).toBeUndefined();
    expect(judgeRequest('POST', { host, ...json, ...from })).toBeUndefined();
  });

  it.each([
    '',
    'null',
    'https://example.com',
    'http://localhost.example.com',
    'http://example.com:3000',
    'http://mylocalhost',
    'http://localhost@example.com',
    'http://example.com/localhost',
    'http://127.0.0.1.example.com',
    'http://128.0.0.1',
    'http://192.168.1.7:3000',
    'file://localhost',
    'localhost',
    'http://localhost, https://example.com',
    'chrome-extension://localhost',
    'capacitor://example.com',
  ])('is refused from the origin %j, whatever its method', (origin) => {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      expect(judgeRequest(method, { host, origin, ...json })).toMatchObject({ status: 403 });
    }
  });

  it.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000', '192.168.1.7:3000'])(
    'passes for the host %s',
    (name) => {
      expect(judgeRequest('GET', { host: name })).toBeUndefined();
    },
  );

  it.each([
    undefined,
    '',
    'example.com',
    'example.com:3000',
    'localhost.example.com',
    '1.2.3.4.example',
  ])('is refused for the host %j, a name that may have been pointed here', (name) => {
    const named = name === undefined ? {} : { host: name };
    expect(judgeRequest('GET', named)).toMatchObject({ status: 403 });
  });

  it.each([
    ['cross-site', 'image', false],
    ['cross-site', 'script', false],
    ['cross-site', 'iframe', false],
    ['cross-site', 'empty', false],
    ['cross-site', undefined, false],
    ['cross-site', 'document', true],
    ['same-site', 'image', true],
    ['same-origin', 'empty', true],
    ['none', 'document', true],
    [undefined, undefined, true],
  ])('without an origin, from %s for %s, passes: %s', (site, destination, passes) => {
    const headers = {
      host,
      ...(site && { 'sec-fetch-site': site }),
      ...(destination && { 'sec-fetch-dest': destination }),
    };
    expect(judgeRequest('GET', headers)?.status).toBe(passes ? undefined : 403);
    // A page of this machine may call it by another of its names.
    const origin = 'http://127.0.0.1:5173';
    expect(judgeRequest('GET', { ...headers, origin })).toBeUndefined();
  });

  it.each([
    ['application/json', true],
    ['Application/JSON; charset=utf-8', true],
    ['application/vnd.api+json', true],
    [undefined, false],
    ['', false],
    ['text/plain', false],
    ['text/plain; application/json', false],
    ['application/jsonp', false],
    ['multipart/form-data', false],
    ['application/x-www-form-urlencoded', false],
  ])('by POST with the content type %j passes: %s', (contentType, passes) => {
    const headers = contentType === undefined ? { host } : { host, 'content-type': contentType };
    expect(judgeRequest('POST', headers)?.status).toBe(passes ? undefined : 415);
    expect(judgeRequest('GET', headers)).toBeUndefined();
  });
});

describe('a gateway with the guard', () => {
  const open = closedAfterEach(startGateway);

  it('rejects every other page, and calls no function for it', async () => {
    let calls = 0;
    const { port } = await open({
      host: '127.0.0.1',
      port: 0,
      routes: [
        { functionName: 'look', method: 'GET', path: '/session' },
        { functionName: 'create', method: 'POST', path: '/sessions' },
      ],
      judge: ({ method, headers }) => judgeRequest(method, headers),
      invoke: async () => {
        calls += 1;
        return { statusCode: 200, headers: {}, body: 'served' };
      },
      onNotice: () => undefined,
      newRequestId: () => 'request-1',
      now: () => 0,
    });
    const ask = async (method: string, path: string, headers: Record<string, string>) => {
      const asking = request({ host: '127.0.0.1', port, method, path, headers }).end();
      const [response] = await once(asking, 'response');
      return [response.statusCode, await text(response)];
    };
    expect(await ask('GET', '/session', {})).toEqual([200, 'served']);
    expect(await ask('POST', '/sessions', json)).toEqual([200, 'served']);
    expect(calls).toBe(2);
    const [status, body] = await ask('GET', '/session', { origin: 'https://example.com' });
    expect([status, JSON.parse(body)]).toEqual([
      403,
      {
        title: 'Not for web pages',
        status: 403,
        detail: 'Pages of "https://example.com" get no tokens of a real project.',
      },
    ]);
    expect((await ask('POST', '/sessions', {}))[0]).toBe(415);
    expect((await ask('GET', '/session', { host: 'example.com' }))[0]).toBe(403);
    const preflight = { origin: 'null', 'access-control-request-method': 'POST' };
    expect((await ask('OPTIONS', '/sessions', preflight))[0]).toBe(403);
    expect(calls).toBe(2);
  });
});
