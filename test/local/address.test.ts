import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { explainListenError, post, toUrl } from '../../local/address.ts';
import { StartError } from '../../local/start-options.ts';

describe('toUrl', () => {
  it.each<[host: string, localhost: string[] | undefined, url: string]>([
    ['127.0.0.1', ['127.0.0.1'], 'http://localhost:3000'],
    ['127.0.0.1', ['::1', '127.0.0.1'], 'http://localhost:3000'],
    ['127.0.0.1', ['::1'], 'http://127.0.0.1:3000'],
    ['127.0.0.1', ['192.0.2.1'], 'http://127.0.0.1:3000'],
    ['127.0.0.1', undefined, 'http://127.0.0.1:3000'],
    ['0.0.0.0', ['127.0.0.1'], 'http://localhost:3000'],
    ['0.0.0.0', ['::1'], 'http://127.0.0.1:3000'],
    ['::', ['::1'], 'http://localhost:3000'],
    ['::', undefined, 'http://[::1]:3000'],
    ['::1', ['::1'], 'http://[::1]:3000'],
    ['192.168.1.20', ['127.0.0.1'], 'http://192.168.1.20:3000'],
    ['my-laptop.local', ['127.0.0.1'], 'http://my-laptop.local:3000'],
  ])('of %s where localhost is %j is %s', async (host, localhost, url) => {
    const findAddresses = async () => {
      if (!localhost) throw Object.assign(new Error(), { code: 'ENOTFOUND' });
      return localhost;
    };
    expect(await toUrl({ host, port: 3000 }, findAddresses)).toBe(url);
  });
});

describe('explainListenError', () => {
  const address = { host: '192.0.2.1', port: 80 };
  it.each([
    ['EADDRINUSE', 'Port 80 is in use. Stop that process or set PORT to another port.'],
    [
      'EACCES',
      'Port 80 is privileged or reserved on this machine (EACCES). Set PORT to another port, such as 3000.',
    ],
    [
      'EADDRNOTAVAIL',
      'HOST is 192.0.2.1, which is not an address of this machine (EADDRNOTAVAIL). Set HOST to 127.0.0.1, to 0.0.0.0 for all addresses, or leave it unset.',
    ],
  ])('of %s says what to do', (code, message) => {
    const explained = explainListenError(Object.assign(new Error(), { code }), address);
    expect(explained).toEqual(new StartError(message));
  });

  it('leaves other errors as they are', () => {
    const error = new TypeError('x');
    expect(explainListenError(error, address)).toBe(error);
  });
});

describe('post', () => {
  const server = createServer((request, response) => {
    request.resume();
    response.statusCode = 201;
    response.end(`${request.method} ${request.url} ${request.headers.host}`);
  });
  afterEach(async () => {
    server.close();
    await once(server, 'close');
  });

  it('reaches an API that listens on all addresses, under the name localhost', async () => {
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { signal } = new AbortController();
    const response = await post({ host: '0.0.0.0', port }, '/sessions', signal);
    expect(response).toEqual({ status: 201, body: `POST /sessions localhost:${port}` });
  });
});
