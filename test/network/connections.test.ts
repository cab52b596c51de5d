/** Connections that are kept, that died, and that are opened ahead, over real sockets. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { LONGEST_IDLE_MS } from '../../lib/network/idle-sockets.ts';
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

/** A plain server that counts its connections: `closed` has one for each, done with its end. */
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
])('a connection over %s', (_protocol, tls) => {
  it('is there when the request comes, if it was opened ahead', async () => {
    const standIn = await start(tls);
    const { connect, send } = createSender(Date.now);
    await connect(new URL(standIn.url), 2_000);
    expect(standIn.counts).toEqual({ requests: 0, connections: 1 });
    for (let i = 0; i < 3; i += 1) await send(requestTo(standIn));
    expect(standIn.counts).toEqual({ requests: 3, connections: 1 });
  });

  it.each([
    ['uses one', LONGEST_IDLE_MS, 1],
    ['replaces one', LONGEST_IDLE_MS + 1, 2],
  ])('%s that was opened %i ms before the request', async (_what, ageMs, connections) => {
    const standIn = await start(tls);
    let nowMs = 1_000;
    const { connect, send } = createSender(() => nowMs);
    await connect(new URL(standIn.url), 2_000);
    nowMs += ageMs;
    expect(await send(requestTo(standIn))).toMatchObject({ status: 200 });
    expect(standIn.counts).toEqual({ requests: 1, connections });
  });

  it('is used while it is still being opened', async () => {
    const standIn = await start(tls);
    const { connect, send } = createSender(Date.now);
    const connecting = connect(new URL(standIn.url), 2_000);
    expect(await send(requestTo(standIn))).toMatchObject({ status: 200 });
    await connecting;
    expect(standIn.counts).toEqual({ requests: 1, connections: 1 });
  });
});

describe('a connection', () => {
  it('that was opened ahead and closed in the meantime is not used', async () => {
    const { url, closed, closeAllConnections } = await startCounting();
    const { connect, send } = createSender(Date.now);
    await connect(new URL(url), 2_000);
    closeAllConnections();
    await closed[0];
    // As after a freeze: the request comes before the end was noticed, or after.
    const first = await send(requestTo({ url })).catch((error: Error) => error);
    if (first instanceof Error) expect(first).toMatchObject({ failure: 'stale connection' });
    expect(await send(requestTo({ url }))).toMatchObject({ status: 200 });
    expect(closed).toHaveLength(2);
  });

  it('that is opened ahead a second time replaces the first, which is closed', async () => {
    const { url, closed } = await startCounting();
    const { connect, send } = createSender(Date.now);
    await connect(new URL(url), 2_000);
    await connect(new URL(url), 2_000);
    await closed[0];
    expect(await send(requestTo({ url }))).toMatchObject({ status: 200 });
    expect(closed).toHaveLength(2);
  });

  it('that cannot be opened ahead is told by the request', async () => {
    const standIn = await start();
    await standIn.close();
    const { connect, send } = createSender(Date.now);
    await connect(new URL(standIn.url), 2_000);
    await expect(send(requestTo(standIn))).rejects.toMatchObject({
      failure: 'connection',
      message: 'ECONNREFUSED',
    });
  });

  it('that nobody vouches for is not trusted when it is opened ahead', async () => {
    const standIn = await start(true);
    setDefaultCACertificates(trusted);
    const { connect, send } = createSender(Date.now);
    await connect(new URL(standIn.url), 2_000);
    await expect(send(requestTo(standIn))).rejects.toMatchObject({
      message: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('that does not come to stand is waited for only so long, and then given up', async () => {
    const sockets: { destroy(): void }[] = [];
    // Takes the TCP connection and never says anything of TLS.
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

  it('that went stale takes the idle ones with it, which are no younger', async () => {
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

  it('that went silent takes the idle ones with it', async () => {
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
