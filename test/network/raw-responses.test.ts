/** Responses that no HTTP library would send, written byte by byte. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSender, type TransportError } from '../../lib/network/send.ts';

const SWITCHING = 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

const open: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
});

/** Responds to each request with the given bytes. */
async function start(response: string | ((socket: Socket) => void)) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => {
      if (typeof response === 'string') socket.write(response);
      else response(socket);
    });
  }).listen(0, '127.0.0.1');
  open.push({ server, sockets });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/`), sockets };
}

const requestTo = (url: URL, timeoutMs = 2_000) => ({
  ...{ url, headers: {}, body: 'a=b', timeoutMs },
  maxResponseBytes: 64 * 1024,
});

describe('createSender, raw responses', () => {
  it.each<[scenario: string, response: string]>([
    ['after 100 Continue', `HTTP/1.1 100 Continue\r\n\r\n${OK}`],
    ['after 103 Early Hints', `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${OK}`],
    ['in chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
  ])('accepts a response %s', async (_scenario, response) => {
    const { url } = await start(response);
    expect(await createSender(Date.now).send(requestTo(url))).toMatchObject({
      status: 200,
      body: '{}',
    });
  });

  it('accepts a response that ends with the connection', async () => {
    const { url } = await start((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n{}'));
    expect(await createSender(Date.now).send(requestTo(url))).toMatchObject({
      status: 200,
      body: '{}',
    });
  });

  it.each<[scenario: string, response: string]>([
    ['is not HTTP', '220 mail ready\r\n'],
    ['has two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    ['has a length that is not a number', 'HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\n{}'],
    ['has a broken chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n'],
    ['has endless headers', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`],
    ['has a header without a colon', 'HTTP/1.1 200 OK\r\nno colon\r\n\r\n{}'],
  ])('reports a response that %s as malformed', async (_scenario, response) => {
    const { url } = await start(response);
    const failing = createSender(Date.now).send(requestTo(url));
    await expect(failing).rejects.toMatchObject({ name: 'TransportError', failure: 'malformed' });
  });

  it('reports an incomplete response as malformed', async () => {
    const { url } = await start((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}'),
    );
    await expect(createSender(Date.now).send(requestTo(url))).rejects.toMatchObject({
      failure: 'malformed',
      message: 'the response is incomplete',
    });
  });

  it.each([
    ['a new', 0],
    ['a kept-alive', 1],
  ])(
    'reports a response cut by a reset as malformed, on %s connection',
    async (_connection, whole) => {
      let responses = 0;
      const { url, sockets } = await start((socket) => {
        responses += 1;
        socket.write(responses > whole ? 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}' : OK);
      });
      const { send } = createSender(Date.now);
      for (let i = 0; i < whole; i += 1) await send(requestTo(url));
      const reset = (): void => {
        for (const socket of sockets) socket.resetAndDestroy();
      };
      // After the head of the response is read: a reset discards what is unread.
      subscribe('http.client.response.finish', reset);
      const failing = send(requestTo(url)).finally(() =>
        unsubscribe('http.client.response.finish', reset),
      );
      await expect(failing).rejects.toMatchObject({
        failure: 'malformed',
        message: 'the response is incomplete',
      });
    },
  );

  it('rejects a switch of protocols at once', async () => {
    const { url } = await start(SWITCHING);
    const startedMs = performance.now();
    await expect(createSender(Date.now).send(requestTo(url))).rejects.toMatchObject({
      failure: 'malformed',
    });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});

describe('createSender, connections of failed exchanges', () => {
  it.each<[failure: TransportError['failure'], scenario: string, response: string]>([
    ['timeout', 'no response arrives', ''],
    ['timeout', 'the head of the response is incomplete', 'HTTP/1.1 200 OK\r\n'],
    ['timeout', 'the body is incomplete', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}'],
    ['oversized', 'the body is too large', `HTTP/1.1 200 OK\r\n\r\n${' '.repeat(65_537)}`],
    ['malformed', 'the response is not HTTP', '220 mail ready\r\n'],
    ['malformed', 'the protocol changes', SWITCHING],
  ])(
    'closes the connection after %s: %s',
    async (failure, _scenario, response) => {
      const { url, sockets } = await start((socket) => socket.write(response));
      const failing = createSender(Date.now).send(requestTo(url, 200));
      await expect(failing).rejects.toMatchObject({ failure });
      const [socket] = sockets;
      if (!socket) throw new Error('The server has no connection.');
      // The test server keeps its end open, so only the client can have closed the connection.
      if (!socket.closed) await once(socket, 'close');
    },
    5_000,
  );
});

describe('createSender, kept-alive connections', () => {
  it.each<[scenario: string, cut: (socket: Socket, cut: () => void) => void]>([
    [
      'was reset',
      (socket, then) => {
        socket.resetAndDestroy();
        then();
      },
    ],
    [
      'was ended and then reset',
      (socket, then) => {
        // With an unread FIN followed by a reset, writing fails with EPIPE.
        socket.end(() => {
          socket.resetAndDestroy();
          then();
        });
      },
    ],
  ])('reports a connection that %s before the request as stale', async (_scenario, cut) => {
    const { url, sockets } = await start(OK);
    const { send } = createSender(Date.now);
    await send(requestTo(url));
    // The request starts before the event loop polls the socket.
    const [socket] = sockets;
    const failure = await new Promise<TransportError>((resolve, reject) => {
      if (!socket) return reject(new Error('no connection was made'));
      cut(socket, () => void send(requestTo(url)).then(reject, resolve));
    });
    expect(failure).toMatchObject({ failure: 'stale connection' });
    expect(await send(requestTo(url))).toMatchObject({ status: 200 });
  });
});
