import { Agent, request } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../stand-ins/faults.ts';
import { type StandIn, startStandIn } from '../../stand-ins/stand-in.ts';
import { type RawCall, rawCall } from './raw-call.ts';

const usualBody = '{"hello":"world"}';
const open: { close(): Promise<void> }[] = [];
const keepAlive = new Agent({ keepAlive: true });
const tlsKeepAlive = new TlsAgent({ keepAlive: true });

async function start({ tls = false, keptRequests = 100 } = {}): Promise<StandIn> {
  const standIn = await startStandIn({
    tls,
    keptRequests,
    read: (recorded) => recorded,
    answer: () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: usualBody,
    }),
  });
  open.push(standIn);
  return standIn;
}

afterEach(async () => {
  keepAlive.destroy();
  tlsKeepAlive.destroy();
  await Promise.all(open.splice(0).map((standIn) => standIn.close()));
});

const call = (standIn: StandIn, options?: RawCall) => rawCall(`${standIn.url}/path`, options);

describe.each([{ tls: false }, { tls: true }])('a stand-in with tls $tls', ({ tls }) => {
  it('answers as usual while nothing is wrong', async () => {
    const answer = await call(await start({ tls }));
    expect(answer).toMatchObject({ status: 200, body: usualBody });
  });

  it('resets the connection', async () => {
    const standIn = await start({ tls });
    standIn.fail({ kind: 'reset' });
    await expect(call(standIn)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('closes a kept-alive connection only when it is used again', async () => {
    const standIn = await start({ tls });
    const agent = tls ? tlsKeepAlive : keepAlive;
    standIn.fail({ kind: 'stale-keep-alive' });
    await expect(call(standIn, { agent })).resolves.toMatchObject({ status: 200 });
    await expect(call(standIn, { agent })).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(call(standIn, { agent })).resolves.toMatchObject({ status: 200 });
    expect(standIn.counts).toEqual({ requests: 3, connections: 2 });
  });

  it('ends a truncated answer half-way', async () => {
    const standIn = await start({ tls });
    standIn.fail({ kind: 'truncated' });
    await expect(call(standIn)).rejects.toMatchObject({ code: 'ECONNRESET', message: 'aborted' });
  });

  it('lets go of a client that hangs when it is closed', async () => {
    const standIn = await start({ tls });
    standIn.fail({ kind: 'hang' });
    const hanging = call(standIn);
    await standIn.received(1);
    await Promise.all([
      expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' }),
      standIn.close(),
    ]);
  });

  it('sends something that is not HTTP', async () => {
    const standIn = await start({ tls });
    standIn.fail({ kind: 'garbage' });
    await expect(call(standIn)).rejects.toMatchObject({ code: 'HPE_INVALID_CONSTANT' });
  });

  it.each([{ declared: false }, { declared: true }])(
    'streams a huge body with its length declared $declared',
    async ({ declared }) => {
      const standIn = await start({ tls });
      standIn.fail({ kind: 'huge-body', bytes: 10_000_001, declared });
      const { headers, body } = await call(standIn);
      expect(body).toHaveLength(10_000_001);
      expect(headers['content-length']).toBe(declared ? '10000001' : undefined);
    },
  );
});

describe('a stand-in', () => {
  it('stops streaming when the client leaves', async () => {
    const standIn = await start();
    standIn.fail({ kind: 'huge-body', bytes: Number.MAX_SAFE_INTEGER });
    const status = await new Promise((resolve) => {
      const outgoing = request(standIn.url, (response) => {
        outgoing.destroy();
        resolve(response.statusCode);
      });
      outgoing.on('error', () => {}).end();
    });
    expect(status).toBe(200);
    await expect(call(standIn)).resolves.toMatchObject({ body: usualBody });
  });

  it('sends half of the answer and falls silent', async () => {
    const standIn = await start();
    standIn.fail({ kind: 'stall' });
    const firstBytes = await new Promise((resolve) => {
      request(standIn.url, (response) => {
        response.on('error', () => {}).on('data', (piece) => resolve(String(piece)));
      }).end();
    });
    expect(firstBytes).toBe(usualBody.slice(0, usualBody.length / 2));
  });

  it('holds an answer back until a promise settles', async () => {
    const standIn = await start();
    const release = Promise.withResolvers<void>();
    standIn.fail({ kind: 'delay', until: release.promise });
    const steps: string[] = [];
    const answered = call(standIn).then((answer) => {
      steps.push('answered');
      return answer;
    });
    await standIn.received(1);
    await call(standIn);
    steps.push('released');
    release.resolve();
    await expect(answered).resolves.toMatchObject({ status: 200, body: usualBody });
    expect(steps).toEqual(['released', 'answered']);
  });

  it('holds an answer back for some milliseconds', async () => {
    const standIn = await start();
    standIn.fail({ kind: 'delay', delayMs: 20 });
    const startedAtMs = performance.now();
    await call(standIn);
    expect(performance.now() - startedAtMs).toBeGreaterThan(18);
  });

  it('alters the usual answer', async () => {
    const standIn = await start();
    standIn.fail({ kind: 'altered', alter: (usual) => ({ ...usual, status: 203 }) });
    await expect(call(standIn)).resolves.toMatchObject({ status: 203, body: usualBody });
  });

  it.each<[string, Fault, object]>([
    ['no body', { kind: 'answer', status: 503 }, { status: 503, body: '' }],
    [
      'a header',
      { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
      { status: 429, headers: { 'retry-after': '1' } },
    ],
    ['a body', { kind: 'answer', status: 502, body: 'oops' }, { status: 502, body: 'oops' }],
  ])('gives a wanted answer with %s', async (_title, fault, expected) => {
    const standIn = await start();
    standIn.fail(fault);
    await expect(call(standIn)).resolves.toMatchObject(expected);
  });

  it('has the queued faults in order, then recovers', async () => {
    const standIn = await start();
    standIn.fail({ kind: 'answer', status: 500 }, { times: 2 });
    standIn.fail({ kind: 'answer', status: 503 });
    const statuses = [];
    for (let round = 0; round < 4; round += 1) statuses.push((await call(standIn)).status);
    expect(statuses).toEqual([500, 500, 503, 200]);
  });

  it('fails until `recover` is called', async () => {
    const standIn = await start();
    standIn.fail({ kind: 'answer', status: 500 }, { times: Number.POSITIVE_INFINITY });
    expect((await call(standIn)).status).toBe(500);
    expect((await call(standIn)).status).toBe(500);
    standIn.recover();
    expect((await call(standIn)).status).toBe(200);
  });

  it('records each request, its connection and its fault', async () => {
    const standIn = await start();
    await call(standIn, { agent: keepAlive, method: 'POST', body: 'a=1', headers: { 'x-a': 'b' } });
    await call(standIn, { agent: keepAlive });
    standIn.fail({ kind: 'answer', status: 500 });
    await call(standIn);
    expect(standIn.requests).toMatchObject([
      { method: 'POST', path: '/path', body: 'a=1', headers: { 'x-a': 'b' }, connection: 1 },
      { method: 'GET', connection: 1 },
      { connection: 2, fault: 'answer' },
    ]);
  });

  it('keeps the latest requests when there are very many', async () => {
    const standIn = await start({ keptRequests: 2 });
    for (const path of ['/1', '/2', '/3', '/4', '/5']) await rawCall(standIn.url + path);
    expect(standIn.counts.requests).toBe(5);
    expect(standIn.requests.map(({ path }) => path)).toEqual(['/3', '/4', '/5']);
  });

  it('frees its port on close, however often it is closed', async () => {
    const standIn = await start();
    await call(standIn, { agent: keepAlive });
    await Promise.all([standIn.close(), standIn.close()]);
    await standIn.close();
    const refused = new Promise((resolve) => {
      connect(Number(new URL(standIn.url).port), '127.0.0.1').on('error', resolve);
    });
    await expect(refused).resolves.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
