import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { LONGEST_IDLE_MS } from '../../lib/network/idle-sockets.ts';
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
])('a request over %s', (_protocol, tls) => {
  it('sends method, path, headers and body, and gets status, headers and body', async () => {
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
    ['is used again', LONGEST_IDLE_MS, 1],
    ['is closed, however the timers stood still', LONGEST_IDLE_MS + 1, 2],
  ])('on a connection that %s after %i ms without a call', async (_what, idleMs, connections) => {
    trustTestCertificate();
    const standIn = await start(tls);
    let nowMs = 1_000;
    const { send } = createSender(() => nowMs);
    // Two at once, so that two connections are kept.
    await Promise.all([send(requestTo(standIn)), send(requestTo(standIn))]);
    nowMs += idleMs;
    await Promise.all([send(requestTo(standIn)), send(requestTo(standIn))]);
    expect(standIn.counts).toEqual({ requests: 4, connections: 2 * connections });
  });

  it('keeps one connection open for one call after the other', async () => {
    trustTestCertificate();
    const standIn = await start(tls);
    const { send } = createSender(Date.now);
    for (let i = 0; i < 5; i += 1) await send(requestTo(standIn));
    expect(standIn.counts).toEqual({ requests: 5, connections: 1 });
  });
});

describe('a request', () => {
  it('does not trust a certificate that nobody vouches for', async () => {
    const standIn = await start(true);
    await expect(createSender(Date.now).send(requestTo(standIn))).rejects.toMatchObject({
      failure: 'connection',
      message: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(standIn.requests).toHaveLength(0);
  });

  it('shares no connection with another sender', async () => {
    const standIn = await start();
    await createSender(Date.now).send(requestTo(standIn));
    await createSender(Date.now).send(requestTo(standIn));
    expect(standIn.counts.connections).toBe(2);
  });

  it.each([302, 400, 404, 429, 500, 503])('does not judge status %i', async (status) => {
    const standIn = await start();
    standIn.fail({ kind: 'answer', status, headers: { location: standIn.url }, body: 'x' });
    const response = await createSender(Date.now).send(requestTo(standIn));
    expect(response).toMatchObject({ status, body: 'x' });
    expect(standIn.requests).toHaveLength(1);
  });

  it('puts characters together that arrive in two pieces', async () => {
    const standIn = await start();
    const body = 'ä'.repeat(30_000);
    standIn.fail({ kind: 'answer', status: 200, body });
    expect((await createSender(Date.now).send(requestTo(standIn))).body).toBe(body);
  });

  it.each<[scenario: string, fault: Fault, failure: TransportError['failure'], message: string]>([
    ['the connection is reset', { kind: 'reset' }, 'connection', 'ECONNRESET'],
    ['the answer is no HTTP', { kind: 'garbage' }, 'malformed', 'HPE_INVALID_CONSTANT'],
    ['the answer breaks off', { kind: 'truncated' }, 'malformed', 'the answer broke off'],
    ['no answer comes', { kind: 'hang' }, 'timeout', 'no answer within 100 ms'],
    ['the answer stops half-way', { kind: 'stall' }, 'timeout', 'no answer within 100 ms'],
    [
      'the answer has no end',
      { kind: 'huge-body', bytes: Number.MAX_SAFE_INTEGER },
      'oversized',
      'the answer has more than 65536 bytes',
    ],
    [
      'the answer is announced as huge',
      { kind: 'huge-body', bytes: 10_000_000, declared: true },
      'oversized',
      'the answer has more than 65536 bytes',
    ],
  ])(
    'fails by name when %s, and the next one is well',
    async (_scenario, fault, failure, message) => {
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
    },
  );

  it('fails by name when nobody listens', async () => {
    const standIn = await start();
    await standIn.close();
    await expect(createSender(Date.now).send(requestTo(standIn))).rejects.toMatchObject({
      failure: 'connection',
      message: 'ECONNREFUSED',
    });
  });

  it('tells a connection that went stale from one that failed', async () => {
    const standIn = await start();
    const { send } = createSender(Date.now);
    standIn.fail({ kind: 'stale-keep-alive' });
    await send(requestTo(standIn));
    await expect(send(requestTo(standIn))).rejects.toMatchObject({ failure: 'stale connection' });
    expect(await send(requestTo(standIn))).toMatchObject({ status: 200 });
  });

  it.each([
    [KIB_64, 'taken'],
    [KIB_64 + 1, 'refused'],
  ])('with an answer of %i bytes is %s', async (bytes, outcome) => {
    const standIn = await start();
    standIn.fail({ kind: 'answer', status: 200, body: 'x'.repeat(bytes) });
    const sent = createSender(Date.now).send(requestTo(standIn));
    if (outcome === 'taken') expect((await sent).body).toHaveLength(bytes);
    else await expect(sent).rejects.toMatchObject({ failure: 'oversized' });
  });
});
