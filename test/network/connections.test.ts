/** Kept-alive, closed and pre-opened connections, over real sockets. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_IDLE_MS } from '../../lib/network/connection-pool.ts';
import { createSender } from '../../lib/network/send.ts';
import { startStandIn } from '../../stand-ins/stand-in.ts';
import { testCertificate } from '../../stand-ins/test-certificate.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';

const trusted = getCACertificates('default');
afterEach(() => setDefaultCACertificates(trusted));

const start = closedAfterEach((tls: boolean = false) => {
  setDefaultCACertificates([...trusted, testCertificate.cert]);
  return startStandIn({
    tls,
    read: (request) => request,
    answer: () => ({ status: 200, body: '{}' }),
  });
});

/** A server that counts its connections: `closed` has a promise for each, resolved when it closes. */
const startCounting = closedAfterEach(async () => {
  const closed: Promise<unknown>[] = [];
  const server = createHttpServer((_request, response) => response.end('{}'));
  server.on('connection', (socket) => closed.push(once(socket, 'close')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const closeAllConnections = () => server.closeAllConnections();
  const close = async () => {
    server.close();
    closeAllConnections();
  };
  return { url, closed, closeAllConnections, close };
});

const requestTo = ({ url }: { url: string }, timeoutMs = 2_000) => ({
  ...{ url: new URL(url), headers: {}, body: '', timeoutMs },
  maxResponseBytes: 1_000,
});

describe.each([
  ['HTTP', false],
  ['HTTPS', true],
])('connect over %s', (_protocol, tls) => {
  it('opens a connection that requests use', async () => {
    const standIn = await start(tls);
    const { connect, send } = createSender(Date.now);
    await connect(new URL(standIn.url), 2_000);
    expect(standIn.counts).toEqual({ requests: 0, connections: 1 });
    for (let i = 0; i < 3; i += 1) await send(requestTo(standIn));
    expect(standIn.counts).toEqual({ requests: 3, connections: 1 });
  });

  it.each([
    ['is used', MAX_IDLE_MS, 1],
    ['is replaced', MAX_IDLE_MS + 1, 2],
  ])('opens a connection that %s by a request after %i ms', async (_what, ageMs, connections) => {
    const standIn = await start(tls);
    let nowMs = 1_000;
    const { connect, send } = createSender(() => nowMs);
    await connect(new URL(standIn.url), 2_000);
    nowMs += ageMs;
    expect(await send(requestTo(standIn))).toMatchObject({ status: 200 });
    expect(standIn.counts).toEqual({ requests: 1, connections });
  });

  it('serves a request while it is still connecting', async () => {
    const standIn = await start(tls);
    const { connect, send } = createSender(Date.now);
    const connecting = connect(new URL(standIn.url), 2_000);
    expect(await send(requestTo(standIn))).toMatchObject({ status: 200 });
    await connecting;
    expect(standIn.counts).toEqual({ requests: 1, connections: 1 });
  });
});

describe('connect', () => {
  it('opens a connection that is not used after the server closed it', async () => {
    const { url, closed, closeAllConnections } = await startCounting();
    const { connect, send } = createSender(Date.now);
    await connect(new URL(url), 2_000);
    closeAllConnections();
    await closed[0];
    // As after a freeze, the request starts before or after the client notices.
    const first = await send(requestTo({ url })).catch((error: Error) => error);
    if (first instanceof Error) expect(first).toMatchObject({ failure: 'stale connection' });
    expect(await send(requestTo({ url }))).toMatchObject({ status: 200 });
    expect(closed).toHaveLength(2);
  });

  it('closes the first connection if called twice for an origin', async () => {
    const { url, closed } = await startCounting();
    const { connect, send } = createSender(Date.now);
    await connect(new URL(url), 2_000);
    await connect(new URL(url), 2_000);
    await closed[0];
    expect(await send(requestTo({ url }))).toMatchObject({ status: 200 });
    expect(closed).toHaveLength(2);
  });

  it('leaves a connection error to the request', async () => {
    const standIn = await start();
    await standIn.close();
    const { connect, send } = createSender(Date.now);
    await connect(new URL(standIn.url), 2_000);
    await expect(send(requestTo(standIn))).rejects.toMatchObject({
      failure: 'connection',
      message: 'ECONNREFUSED',
    });
  });

  it('rejects a self-signed certificate', async () => {
    const standIn = await start(true);
    setDefaultCACertificates(trusted);
    const { connect, send } = createSender(Date.now);
    await connect(new URL(standIn.url), 2_000);
    await expect(send(requestTo(standIn))).rejects.toMatchObject({
      message: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('gives up after its timeout', async () => {
    const sockets: { destroy(): void }[] = [];
    // Accepts TCP connections, but sends no TLS handshake.
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const { connect } = createSender(Date.now);
      const startedMs = performance.now();
      await connect(new URL(`https://127.0.0.1:${port}`), 100);
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it('closes all idle connections to an origin after one is stale', async () => {
    const standIn = await start();
    const { send } = createSender(Date.now);
    standIn.fail({ kind: 'delay', until: standIn.received(10) }, { times: 10 });
    await Promise.all(Array.from({ length: 10 }, () => send(requestTo(standIn))));
    expect(standIn.counts.connections).toBe(10);
    standIn.fail({ kind: 'stale-keep-alive' }, { times: 10 });
    await expect(send(requestTo(standIn))).rejects.toMatchObject({ failure: 'stale connection' });
    expect(await send(requestTo(standIn))).toMatchObject({ status: 200 });
    expect(standIn.counts.connections).toBe(11);
  });

  it('closes all idle connections to an origin after one timed out', async () => {
    const standIn = await start();
    const { send } = createSender(Date.now);
    standIn.fail({ kind: 'delay', until: standIn.received(3) }, { times: 3 });
    await Promise.all(Array.from({ length: 3 }, () => send(requestTo(standIn))));
    standIn.fail({ kind: 'hang' });
    await expect(send(requestTo(standIn, 100))).rejects.toMatchObject({ failure: 'timeout' });
    await send(requestTo(standIn));
    expect(standIn.counts.connections).toBe(4);
  });
});
