import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_IDLE_MS } from '../../lib/network/connection-pool.ts';
import { createSender, type TransportError } from '../../lib/network/send.ts';
import type { Fault } from '../../stand-ins/faults.ts';
import { type StandIn, startStandIn } from '../../stand-ins/stand-in.ts';
import { testCertificate } from '../../stand-ins/test-certificate.ts';

const USUAL_BODY = '{"hello":"wörld"}';
const KIB_64 = 64 * 1024;

const trusted = getCACertificates('default');
const open: StandIn[] = [];
afterEach(async () => {
  setDefaultCACertificates(trusted);
  await Promise.all(open.splice(0).map((standIn) => standIn.close()));
});

async function start(tls = false): Promise<StandIn> {
  const standIn = await startStandIn({
    tls,
    read: (request) => request,
    answer: () => ({ status: 200, headers: { 'X-Name': 'a' }, body: USUAL_BODY }),
  });
  open.push(standIn);
  return standIn;
}

function trustTestCertificate(): void {
  setDefaultCACertificates([...trusted, testCertificate.cert]);
}

const requestTo = ({ url }: { url: string }, timeoutMs = 2_000) => ({
  url: new URL(`${url}/path?a=b`),
  headers: { 'x-one': '1' },
  body: 'name=wörld',
  timeoutMs,
  maxResponseBytes: KIB_64,
});

describe.each([
  ['HTTP', false],
  ['HTTPS', true],
])('createSender over %s', (_protocol, tls) => {
  it('sends method, path, headers and body, and returns status, headers and body', async () => {
    trustTestCertificate();
    const standIn = await start(tls);
    const response = await createSender(Date.now).send(requestTo(standIn));
    expect(response).toMatchObject({ status: 200, headers: { 'x-name': 'a' }, body: USUAL_BODY });
    expect(standIn.requests).toMatchObject([
      {
        method: 'POST',
        path: '/path?a=b',
        headers: { 'x-one': '1', 'content-length': '11' },
        body: 'name=wörld',
      },
    ]);
  });

  it.each([
    ['reuses connections', MAX_IDLE_MS, 1],
    ['opens new connections', MAX_IDLE_MS + 1, 2],
  ])('%s after %i ms without a request', async (_what, idleMs, connections) => {
    trustTestCertificate();
    const standIn = await start(tls);
    let nowMs = 1_000;
    const { send } = createSender(() => nowMs);
    // Two concurrent requests, so that two connections are kept.
    await Promise.all([send(requestTo(standIn)), send(requestTo(standIn))]);
    nowMs += idleMs;
    await Promise.all([send(requestTo(standIn)), send(requestTo(standIn))]);
    expect(standIn.counts).toEqual({ requests: 4, connections: 2 * connections });
  });

  it('reuses one connection for consecutive requests', async () => {
    trustTestCertificate();
    const standIn = await start(tls);
    const { send } = createSender(Date.now);
    for (let i = 0; i < 5; i += 1) await send(requestTo(standIn));
    expect(standIn.counts).toEqual({ requests: 5, connections: 1 });
  });
});

describe('createSender', () => {
  it('rejects a self-signed certificate', async () => {
    const standIn = await start(true);
    await expect(createSender(Date.now).send(requestTo(standIn))).rejects.toMatchObject({
      failure: 'connection',
      message: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(standIn.requests).toHaveLength(0);
  });

  it('does not share connections between senders', async () => {
    const standIn = await start();
    await createSender(Date.now).send(requestTo(standIn));
    await createSender(Date.now).send(requestTo(standIn));
    expect(standIn.counts.connections).toBe(2);
  });

  it.each([302, 400, 404, 429, 500, 503])('returns a response with status %i', async (status) => {
    const standIn = await start();
    standIn.fail({ kind: 'answer', status, headers: { location: standIn.url }, body: 'x' });
    const response = await createSender(Date.now).send(requestTo(standIn));
    expect(response).toMatchObject({ status, body: 'x' });
    expect(standIn.requests).toHaveLength(1);
  });

  it('decodes characters that arrive in two chunks', async () => {
    const standIn = await start();
    const body = 'ä'.repeat(30_000);
    standIn.fail({ kind: 'answer', status: 200, body });
    expect((await createSender(Date.now).send(requestTo(standIn))).body).toBe(body);
  });

  it.each<[scenario: string, fault: Fault, failure: TransportError['failure'], message: string]>([
    ['the connection is reset', { kind: 'reset' }, 'connection', 'ECONNRESET'],
    ['the response is not HTTP', { kind: 'garbage' }, 'malformed', 'HPE_INVALID_CONSTANT'],
    [
      'the response is incomplete',
      { kind: 'truncated' },
      'malformed',
      'the response is incomplete',
    ],
    ['no response arrives', { kind: 'hang' }, 'timeout', 'no response within 100 ms'],
    ['the response stalls', { kind: 'stall' }, 'timeout', 'no response within 100 ms'],
    [
      'the response is endless',
      { kind: 'huge-body', bytes: Number.MAX_SAFE_INTEGER },
      'oversized',
      'the response has more than 65536 bytes',
    ],
    [
      'the announced length is too large',
      { kind: 'huge-body', bytes: 10_000_000, declared: true },
      'oversized',
      'the response has more than 65536 bytes',
    ],
  ])('reports the failure if %s, and recovers', async (_scenario, fault, failure, message) => {
    const standIn = await start();
    const { send } = createSender(Date.now);
    standIn.fail(fault);
    const timeoutMs = failure === 'timeout' ? 100 : 2_000;
    await expect(send(requestTo(standIn, timeoutMs))).rejects.toMatchObject({
      name: 'TransportError',
      failure,
      message,
    });
    expect(await send(requestTo(standIn))).toMatchObject({ status: 200, body: USUAL_BODY });
  });

  it('reports a refused connection', async () => {
    const standIn = await start();
    await standIn.close();
    await expect(createSender(Date.now).send(requestTo(standIn))).rejects.toMatchObject({
      failure: 'connection',
      message: 'ECONNREFUSED',
    });
  });

  it('reports a stale connection', async () => {
    const standIn = await start();
    const { send } = createSender(Date.now);
    standIn.fail({ kind: 'stale-keep-alive' });
    await send(requestTo(standIn));
    await expect(send(requestTo(standIn))).rejects.toMatchObject({ failure: 'stale connection' });
    expect(await send(requestTo(standIn))).toMatchObject({ status: 200 });
  });

  it.each([
    [KIB_64, 'accepted'],
    [KIB_64 + 1, 'rejected'],
  ])('with a response of %i bytes: %s', async (bytes, outcome) => {
    const standIn = await start();
    standIn.fail({ kind: 'answer', status: 200, body: 'x'.repeat(bytes) });
    const sent = createSender(Date.now).send(requestTo(standIn));
    if (outcome === 'accepted') expect((await sent).body).toHaveLength(bytes);
    else await expect(sent).rejects.toMatchObject({ failure: 'oversized' });
  });
});
