import { describe, expect, it } from 'vitest';
import { parseCredentials } from '../../lib/credentials/credentials.ts';
import type { FaultName } from '../../lib/domain/faults.ts';
import { createSender } from '../../lib/network/send.ts';
import type { CallPlatform } from '../../lib/platform/call-platform.ts';
import { createPlatformCall } from '../../lib/platform/call-platform.ts';
import { createModerationApi } from '../../lib/platform/moderation-api.ts';
import type { Fault as StandInFault } from '../../stand-ins/faults.ts';
import { startPlatform } from '../../stand-ins/platform.ts';
import { platformFaults, redirectFault, statusFault } from '../../stand-ins/platform-faults.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { catchFault } from '../support/faults.ts';
import { NOW_MS, NOW_SECONDS, OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { verifyHs256, verifyRs256 } from '../support/verify-token.ts';

const start = closedAfterEach(startPlatform);
const SESSION = sessionIds.openTok;

async function open(secret: typeof OPENTOK_SECRET | typeof VONAGE_SECRET = OPENTOK_SECRET) {
  const platform = await start({ projects: [secret], nowMs: () => NOW_MS });
  const { send } = createSender(Date.now);
  const timing = { now: () => performance.now(), pause: async () => {}, random: () => 0.5 };
  const api = openApi(createPlatformCall(send, timing), platform.url);
  const credentials = await parseCredentials(JSON.stringify(secret));
  const call = (remainingMs = 10_000, sessionId: string = SESSION) => ({
    ...{ credentials, sessionId, nowSeconds: NOW_SECONDS },
    remainingMs: () => remainingMs,
  });
  return {
    platform,
    list: (remainingMs?: number, sessionId?: string) =>
      api.listConnections(call(remainingMs, sessionId)),
    disconnect: (connectionId: string, remainingMs?: number) =>
      api.disconnect({ ...call(remainingMs), connectionId }),
  };
}

function openApi(send: CallPlatform, url: string) {
  return createModerationApi({ send, url, newId: () => 'id-1', userAgent: 'opentok-sessions/1' });
}

describe('listConnections', () => {
  it('authenticates an OpenTok project as session/create does', async () => {
    const { platform, list } = await open();
    await list();
    const [request] = platform.requests;
    expect(request).toMatchObject({
      method: 'GET',
      path: `/v2/project/123456/session/${SESSION}/connection`,
      body: '',
    });
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      'user-agent': 'opentok-sessions/1',
    });
    const jwt = String(request?.headers['x-opentok-auth']);
    expect(verifyHs256(jwt, OPENTOK_SECRET.apiSecret)).toMatchObject({ iss: '123456' });
  });

  it('authenticates a Vonage application with a bearer JWT', async () => {
    const { platform, list } = await open(VONAGE_SECRET);
    await list();
    const [request] = platform.requests;
    expect(request?.path).toBe(
      `/v2/project/${VONAGE_SECRET.applicationId}/session/${SESSION}/connection`,
    );
    const jwt = String(request?.headers.authorization).replace('Bearer ', '');
    expect(verifyRs256(jwt, rsa.publicKey)).toMatchObject({ jti: 'id-1' });
  });

  it('returns clients that connect or are connected, not those that have left', async () => {
    const { platform, list } = await open();
    const connecting = platform.connect(SESSION, { state: 'Connecting', createdAtMs: 1_000 });
    const connected = platform.connect(SESSION, { createdAtMs: 2_000 });
    platform.connect(SESSION, { state: 'Disconnected' });
    expect(await list()).toEqual([
      { id: connecting.id, createdAtMs: 1_000 },
      { id: connected.id, createdAtMs: 2_000 },
    ]);
  });

  it('returns an empty list for a session that no client has entered', async () => {
    const { platform, list } = await open();
    expect(await list()).toEqual([]);
    expect(platform.counts.requests).toBe(1);
  });

  it('returns 15,000 clients and as many that have left', async () => {
    const { platform, list } = await open();
    for (let count = 0; count < 15_000; count += 1) {
      platform.connect(SESSION);
      platform.connect(SESSION, { state: 'Disconnected' });
    }
    expect(await list()).toHaveLength(15_000);
  });

  const body = (fields: object): StandInFault => ({
    ...{ kind: 'answer', status: 200, headers: { 'content-type': 'application/json' } },
    body: JSON.stringify(fields),
  });
  const item = { connectionId: 'a', createdAt: 1, connectionState: 'Connected' };
  it.each<[scenario: string, fault: StandInFault, name: FaultName]>([
    ['status 400', platformFaults.badRequest, 'PlatformRefusedError'],
    ['status 403', platformFaults.invalidSignature, 'CredentialsRefusedError'],
    ['a redirect', redirectFault('http://127.0.0.1:1/'), 'PlatformInvalidResponseError'],
    ['status 204', statusFault(204), 'PlatformInvalidResponseError'],
    ['an HTML page', platformFaults.html, 'PlatformInvalidResponseError'],
    ['an empty body', platformFaults.empty, 'PlatformInvalidResponseError'],
    ['a body without end', { kind: 'huge-body', bytes: 1e9 }, 'PlatformInvalidResponseError'],
    ['no items', body({ count: 0 }), 'PlatformInvalidResponseError'],
    ['items that are not an array', body({ items: {} }), 'PlatformInvalidResponseError'],
    ['an item that is null', body({ items: [null] }), 'PlatformInvalidResponseError'],
    [
      'an item without an id',
      body({ items: [{ ...item, connectionId: '' }] }),
      'PlatformInvalidResponseError',
    ],
    [
      'an item without a time',
      body({ items: [{ ...item, createdAt: '1' }] }),
      'PlatformInvalidResponseError',
    ],
    [
      'an item in an unknown state',
      body({ items: [{ ...item, connectionState: 'Lost' }] }),
      'PlatformInvalidResponseError',
    ],
  ])('maps %s to its own error', async (_scenario, fault, name) => {
    const { platform, list } = await open();
    platform.connect(SESSION);
    platform.fail(fault, { times: Number.POSITIVE_INFINITY });
    expect(await catchFault(list)).toMatchObject({ name });
  });

  it('retries an outage twice', async () => {
    const { platform, list } = await open();
    platform.connect(SESSION);
    platform.fail(platformFaults.unavailable, { times: 2 });
    expect(await list()).toHaveLength(1);
    platform.fail(platformFaults.unavailable, { times: 3 });
    expect(await catchFault(list)).toMatchObject({
      name: 'PlatformUnavailableError',
      retryAfterSeconds: 5,
    });
  });

  it('gives up before the invocation ends', async () => {
    const { platform, list } = await open();
    platform.fail({ kind: 'hang' });
    expect(await catchFault(() => list(600))).toMatchObject({ name: 'PlatformTimeoutError' });
  });
});

describe('disconnect', () => {
  it('disconnects one client', async () => {
    const { platform, disconnect, list } = await open();
    const [one, other] = [platform.connect(SESSION), platform.connect(SESSION)];
    await disconnect(one.id);
    expect(platform.requests[0]).toMatchObject({
      method: 'DELETE',
      path: `/v2/project/123456/session/${SESSION}/connection/${one.id}`,
    });
    expect(await list()).toEqual([{ id: other.id, createdAtMs: other.createdAtMs }]);
  });

  it('succeeds for a client that has left', async () => {
    const { platform, disconnect } = await open();
    const { id } = platform.connect(SESSION);
    platform.leave(SESSION, id);
    await disconnect(id);
    await disconnect('never connected');
  });

  it('succeeds if the response to a success was lost', async () => {
    const { platform, disconnect, list } = await open();
    const { id } = platform.connect(SESSION);
    platform.fail({ kind: 'altered', alter: () => ({ status: 503 }) });
    await disconnect(id);
    expect(platform.counts.requests).toBe(2);
    expect(await list()).toEqual([]);
  });

  it.each<[scenario: string, fault: StandInFault, name: FaultName]>([
    ['status 200', statusFault(200), 'PlatformInvalidResponseError'],
    ['status 400', platformFaults.badRequest, 'PlatformRefusedError'],
    ['status 403', platformFaults.invalidSignature, 'CredentialsRefusedError'],
    ['status 503', platformFaults.unavailable, 'PlatformUnavailableError'],
  ])('maps %s to its own error', async (_scenario, fault, name) => {
    const { platform, disconnect } = await open();
    const { id } = platform.connect(SESSION);
    platform.fail(fault, { times: Number.POSITIVE_INFINITY });
    expect(await catchFault(() => disconnect(id))).toMatchObject({ name });
  });
});
