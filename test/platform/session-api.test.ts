import { afterEach, describe, expect, it } from 'vitest';
import { parseCredentials } from '../../lib/credentials/credentials.ts';
import type { FaultName } from '../../lib/domain/faults.ts';
import { parseSessionRequest } from '../../lib/domain/session-request.ts';
import { createSender } from '../../lib/network/send.ts';
import {
  type CallPlatform,
  MAX_RESPONSE_BYTES,
  type PlatformRequest,
} from '../../lib/platform/call-platform.ts';
import { createSessionApi } from '../../lib/platform/session-api.ts';
import type { Fault as StandInFault } from '../../stand-ins/faults.ts';
import { type Platform, type Project, startPlatform } from '../../stand-ins/platform.ts';
import { platformFaults, redirectFault, statusFault } from '../../stand-ins/platform-faults.ts';
import { catchFault } from '../support/faults.ts';
import {
  APPLICATION_ID,
  NOW_MS,
  NOW_SECONDS,
  OPENTOK_SECRET,
  sessionIds,
} from '../support/fixtures.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { verifyHs256, verifyRs256 } from '../support/verify-token.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((standIn) => standIn.close()));
});

async function start(projects: readonly Project[]): Promise<Platform> {
  const platform = await startPlatform({ projects, nowMs: () => NOW_MS });
  open.push(platform);
  return platform;
}

/** The API as in a container. Tests that wait for a timeout shorten it. */
function openApi(platform: { url: string } | undefined, changed: { timeoutMs?: number } = {}) {
  const { send } = createSender(Date.now);
  const sent: PlatformRequest[] = [];
  let ids = 0;
  const create = createSessionApi({
    url: platform?.url,
    userAgent: 'opentok-sessions/1.2.3',
    send: (request) => {
      sent.push(request);
      return send({ ...request, maxResponseBytes: MAX_RESPONSE_BYTES, ...changed });
    },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
  });
  const createFor = async (
    secret: object = OPENTOK_SECRET,
    request: object = {},
    remainingMs = 10_000,
  ) =>
    create({
      credentials: await parseCredentials(JSON.stringify(secret)),
      options: parseSessionRequest(request),
      nowSeconds: NOW_SECONDS,
      remainingMs: () => remainingMs,
    });
  return { createFor, sent };
}

describe('createSessionApi', () => {
  it('authenticates an OpenTok project with a JWT of three minutes in x-opentok-auth', async () => {
    const platform = await start([OPENTOK_SECRET]);
    await openApi(platform).createFor();
    const [request] = platform.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/session/create' });
    expect(request?.headers).not.toHaveProperty('authorization');
    const jwt = String(request?.headers['x-opentok-auth']);
    expect(verifyHs256(jwt, OPENTOK_SECRET.apiSecret)).toEqual({
      iss: '123456',
      ist: 'project',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 180,
      jti: 'id-1',
    });
  });

  it('authenticates a Vonage application with a bearer JWT of three minutes', async () => {
    const platform = await start([VONAGE_SECRET]);
    await openApi(platform).createFor(VONAGE_SECRET);
    const [request] = platform.requests;
    expect(request?.headers).not.toHaveProperty('x-opentok-auth');
    const [scheme, jwt = ''] = String(request?.headers.authorization).split(' ');
    expect(scheme).toBe('Bearer');
    expect(verifyRs256(jwt, rsa.publicKey)).toEqual({
      application_id: APPLICATION_ID,
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 180,
      jti: 'id-1',
    });
  });

  it('sends a user agent', async () => {
    const platform = await start([OPENTOK_SECRET]);
    await openApi(platform).createFor();
    expect(platform.requests[0]?.headers['user-agent']).toBe('opentok-sessions/1.2.3');
  });

  it('sends a form and accepts JSON', async () => {
    const platform = await start([OPENTOK_SECRET]);
    await openApi(platform).createFor();
    expect(platform.requests[0]?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(platform.requests[0]?.body.length),
    });
  });

  it('signs a new JWT for each call and reuses the connection', async () => {
    const platform = await start([OPENTOK_SECRET]);
    const { createFor } = openApi(platform);
    const ids = [await createFor(), await createFor(), await createFor()];
    expect(new Set(ids).size).toBe(3);
    expect(platform.counts).toEqual({ requests: 3, connections: 1 });
    expect(new Set(platform.requests.map(({ headers }) => headers['x-opentok-auth'])).size).toBe(3);
  });

  const archived = { mediaMode: 'routed', archiveMode: 'always' };
  it.each<[scenario: string, request: object, form: object]>([
    ['nothing', {}, { 'p2p.preference': 'enabled', archiveMode: 'manual' }],
    ['routed', { mediaMode: 'routed' }, { 'p2p.preference': 'disabled', archiveMode: 'manual' }],
    [
      'a location',
      { location: '12.34.56.78' },
      { 'p2p.preference': 'enabled', archiveMode: 'manual', location: '12.34.56.78' },
    ],
    [
      'e2ee',
      { mediaMode: 'routed', e2ee: true },
      { 'p2p.preference': 'disabled', archiveMode: 'manual', e2ee: 'true' },
    ],
    [
      'a named archive',
      { ...archived, archiveName: 'Zoë & co', archiveResolution: '1920x1080' },
      {
        'p2p.preference': 'disabled',
        archiveMode: 'always',
        archiveName: 'Zoë & co',
        archiveResolution: '1920x1080',
      },
    ],
  ])('sends the requested options: %s', async (_scenario, request, form) => {
    const platform = await start([OPENTOK_SECRET]);
    await openApi(platform).createFor(OPENTOK_SECRET, request);
    expect(platform.requests[0]?.form).toEqual(form);
  });

  it.each([
    ['OpenTok', OPENTOK_SECRET, 'https://api.opentok.com/session/create', sessionIds.openTok],
    ['Vonage', VONAGE_SECRET, 'https://video.api.vonage.com/session/create', sessionIds.vonage],
  ])('calls the default URL for a project of %s', async (_name, secret, url, sessionId) => {
    const urls: string[] = [];
    const send: CallPlatform = async (request) => {
      urls.push(request.url.href);
      const body = JSON.stringify([{ session_id: sessionId }]);
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    };
    const create = createSessionApi({
      send,
      url: undefined,
      newId: () => 'id',
      userAgent: 'x',
    });
    const credentials = await parseCredentials(JSON.stringify(secret));
    const options = parseSessionRequest({});
    const request = { credentials, options, nowSeconds: NOW_SECONDS, remainingMs: () => 10_000 };
    expect(await create(request)).toBe(sessionId);
    expect(urls).toEqual([url]);
  });

  it('keeps the path of the configured URL', async () => {
    const platform = await start([OPENTOK_SECRET]);
    const fault = await catchFault(openApi({ url: `${platform.url}/v1/x` }).createFor);
    expect(fault.name).toBe('PlatformRefusedError');
    expect(platform.requests[0]?.path).toBe('/v1/x/session/create');
  });
});

const marked = (status: number, headers = {}): StandInFault => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: '{"code":-1,"message":"upstream text","description":"upstream text"}',
});
const invalid = 'The video platform returned an invalid response.';
const rejectedCredentials = "The video platform rejected this project's credentials.";
const rejected = 'The video platform rejected the request.';
const unavailable = 'The video platform is unavailable.';

const date = 'Thu, 31 Dec 2026 23:59:43 GMT';
const later = 'Fri, 01 Jan 2027 00:00:00 GMT';

describe('createSessionApi, failures of the platform', () => {
  it.each<[scenario: string, fault: StandInFault, name: FaultName, detail: string]>([
    ['status 400', platformFaults.badRequest, 'PlatformRefusedError', rejected],
    ['status 400 with a text', marked(400), 'PlatformRefusedError', rejected],
    ['status 401', platformFaults.unauthorized, 'CredentialsRefusedError', rejectedCredentials],
    ['status 401 with a text', marked(401), 'CredentialsRefusedError', rejectedCredentials],
    ['status 403', platformFaults.invalidSignature, 'CredentialsRefusedError', rejectedCredentials],
    ['status 402', marked(402), 'PlatformRefusedError', rejected],
    ['status 404', marked(404), 'PlatformRefusedError', rejected],
    ['status 405', marked(405), 'PlatformRefusedError', rejected],
    ['status 415', marked(415), 'PlatformRefusedError', rejected],
    ['status 428', marked(428), 'PlatformRefusedError', rejected],
    ['status 430', marked(430), 'PlatformRefusedError', rejected],
    ['status 499', marked(499), 'PlatformRefusedError', rejected],
    ['a redirect', redirectFault('http://127.0.0.1:1/'), 'PlatformInvalidResponseError', invalid],
    ['status 201', marked(201), 'PlatformInvalidResponseError', invalid],
    ['status 204', statusFault(204), 'PlatformInvalidResponseError', invalid],
    ['status 399', marked(399), 'PlatformInvalidResponseError', invalid],
    ['an HTML page', platformFaults.html, 'PlatformInvalidResponseError', invalid],
    ['XML', platformFaults.xml, 'PlatformInvalidResponseError', invalid],
    ['an empty body', platformFaults.empty, 'PlatformInvalidResponseError', invalid],
    ['JSON cut off', platformFaults.invalidJson, 'PlatformInvalidResponseError', invalid],
    ['an empty array', platformFaults.emptyArray, 'PlatformInvalidResponseError', invalid],
    [
      'another content type',
      platformFaults.wrongContentType,
      'PlatformInvalidResponseError',
      invalid,
    ],
    ['no session id', platformFaults.withoutSessionId, 'PlatformInvalidResponseError', invalid],
    ['a foreign session', platformFaults.foreignSession, 'PlatformInvalidResponseError', invalid],
    [
      'a body without end',
      { kind: 'huge-body', bytes: 1e9 },
      'PlatformInvalidResponseError',
      invalid,
    ],
    ['an incomplete response', { kind: 'truncated' }, 'PlatformInvalidResponseError', invalid],
    ['bytes that are not HTTP', { kind: 'garbage' }, 'PlatformInvalidResponseError', invalid],
    ['an error object', marked(200), 'PlatformInvalidResponseError', invalid],
    [
      'no response',
      { kind: 'hang' },
      'PlatformTimeoutError',
      'The video platform did not respond in time.',
    ],
    [
      'half a response',
      { kind: 'stall' },
      'PlatformTimeoutError',
      'The video platform did not respond in time.',
    ],
  ])('maps %s to its own error, without retry advice', async (_scenario, fault, name, detail) => {
    const platform = await start([OPENTOK_SECRET]);
    platform.fail(fault);
    const api = openApi(platform, name === 'PlatformTimeoutError' ? { timeoutMs: 100 } : {});
    const caught = await catchFault(api.createFor);
    expect(caught).toMatchObject({ name, message: detail, retryAfterSeconds: undefined });
    expect(caught.reason).toMatch(/^The (call to the platform|platform'?)/);
    expect(`${caught.message}${caught.reason}`).not.toContain('upstream text');
  });

  it.each<[scenario: string, fault: StandInFault]>([
    ['status 429', marked(429)],
    ['status 500', marked(500)],
    ['status 502', marked(502)],
    ['status 503', platformFaults.unavailable],
    ['status 504', marked(504)],
    ['a connection that is reset', { kind: 'reset' }],
  ])('maps %s to PlatformUnavailableError with retry advice', async (_scenario, fault) => {
    const platform = await start([OPENTOK_SECRET]);
    platform.fail(fault, { times: Number.POSITIVE_INFINITY });
    const caught = await catchFault(openApi(platform).createFor);
    expect(caught).toMatchObject({
      name: 'PlatformUnavailableError',
      message: unavailable,
      retryAfterSeconds: 5,
    });
    expect(`${caught.message}${caught.reason}`).not.toContain('upstream text');
  });

  it('maps a refused connection to PlatformUnavailableError with retry advice', async () => {
    const platform = await start([OPENTOK_SECRET]);
    await platform.close();
    const caught = await catchFault(openApi(platform).createFor);
    expect(caught).toMatchObject({ name: 'PlatformUnavailableError', retryAfterSeconds: 5 });
    expect(caught.reason).toContain('ECONNREFUSED');
  });

  it.each([
    ['8 seconds', Number.POSITIVE_INFINITY, 8_000],
    ['8 seconds, if exactly enough time is left', 8_500, 8_000],
    ['the remaining time less the reserve', 8_499, 7_999],
    ['1 ms, if the invocation is about to end', 501, 1],
  ])('sets a timeout of %s', async (_scenario, remainingMs, timeoutMs) => {
    const platform = await start([OPENTOK_SECRET]);
    const { createFor, sent } = openApi(platform, { timeoutMs: 2_000 });
    await createFor(OPENTOK_SECRET, {}, remainingMs);
    expect(sent.map((request) => request.timeoutMs)).toEqual([timeoutMs]);
  });

  it.each([
    ['its seconds', { 'retry-after': '17' }, 17],
    ['the time until its date', { date, 'retry-after': later }, 17],
    ['at least one second', { 'retry-after': '0' }, 1],
    ['at least one second for a date in the past', { date: later, 'retry-after': date }, 1],
    ['at most a day', { 'retry-after': '86400' }, 86_400],
    ['the default for more than a day', { 'retry-after': '86401' }, 5],
    ['the default for a date if the response has no date', { date: '', 'retry-after': later }, 5],
    ['the default for a malformed value', { 'retry-after': '-1' }, 5],
    ['the default without the header', {}, 5],
  ])('derives Retry-After from the platform: %s', async (_scenario, headers, seconds) => {
    const platform = await start([OPENTOK_SECRET]);
    platform.fail(statusFault(429, headers));
    const caught = await catchFault(openApi(platform).createFor);
    expect(caught.retryAfterSeconds).toBe(seconds);
  });

  it('explains a wrong API secret in the log', async () => {
    const platform = await start([{ ...OPENTOK_SECRET, apiSecret: 'another' }]);
    const caught = await catchFault(openApi(platform).createFor);
    expect(caught).toMatchObject({ name: 'CredentialsRefusedError', message: rejectedCredentials });
    expect(caught.reason).toMatch(/^The platform returned status 403\. .*API secret/);
  });

  it('explains a wrong clock in the log', async () => {
    const platform = await startPlatform({
      projects: [OPENTOK_SECRET],
      nowMs: () => NOW_MS - 60_000,
    });
    open.push(platform);
    const caught = await catchFault(openApi(platform).createFor);
    expect(caught.reason).toMatch(/^The platform returned status 403\. .*clock/);
  });

  it('recovers with the next call', async () => {
    const platform = await start([OPENTOK_SECRET]);
    const { createFor } = openApi(platform);
    platform.fail({ kind: 'answer', status: 400 });
    await catchFault(createFor);
    expect(await createFor()).toMatch(/^1_/);
  });
});
