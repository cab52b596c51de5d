import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../stand-ins/faults.ts';
import { type Platform, startPlatform } from '../../stand-ins/platform.ts';
import { platformFaults, redirectFault, statusFault } from '../../stand-ins/platform-faults.ts';
import { type RawAnswer, type RawCall, rawCall } from './raw-call.ts';

const nowSeconds = 1_700_000_000;
const openTok = { apiKey: '123456', apiSecret: 'secret of the project' };
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const vonage = { applicationId: '29f760f8-7ce1-46c9-ade3-f2dedee4ed5f', privateKey };
const times = { iat: nowSeconds, exp: nowSeconds + 180, jti: 'id-1' };
const openTokClaims = { iss: openTok.apiKey, ist: 'project', ...times };
const vonageClaims = { application_id: vonage.applicationId, ...times };

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((standIn) => standIn.close()));
});

async function start({ tls = false } = {}): Promise<Platform> {
  const nowMs = () => nowSeconds * 1000 + 500;
  const platform = await startPlatform({ projects: [openTok, vonage], nowMs, tls });
  open.push(platform);
  return platform;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function hs256(claims: object, { header = {}, secret = openTok.apiSecret } = {}): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function rs256(claims: object, { header = {} } = {}): string {
  const signed = `${encode({ alg: 'RS256', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${createSign('sha256').update(signed).sign(privateKey, 'base64url')}`;
}

const form = { 'p2p.preference': 'enabled', archiveMode: 'manual' };
const commonHeaders = {
  accept: 'application/json',
  'content-type': 'application/x-www-form-urlencoded',
};

function create(
  platform: Platform,
  { headers = {}, body = String(new URLSearchParams(form)), ...options }: RawCall = {},
): Promise<RawAnswer> {
  return rawCall(`${platform.url}/session/create`, {
    method: 'POST',
    headers: { ...commonHeaders, 'x-opentok-auth': hs256(openTokClaims), ...headers },
    body,
    ...options,
  });
}

/** The authentication header of a Vonage call in place of OpenTok's. */
function createAsVonage(
  platform: Platform,
  jwt = rs256(vonageClaims),
  body = '',
): Promise<RawAnswer> {
  return rawCall(`${platform.url}/session/create`, {
    method: 'POST',
    headers: { ...commonHeaders, authorization: `Bearer ${jwt}` },
    body,
  });
}

function decodeSessionId({ body }: RawAnswer): string[] {
  const [session] = JSON.parse(body);
  return Buffer.from(session.session_id.slice(2), 'base64url').toString().split('~');
}

const randomPart = expect.stringMatching(/^[A-Za-z0-9+/]{24}$/);
const createdAt = String(nowSeconds * 1000 + 500);

describe('the stand-in for the platform', () => {
  it.each([{ tls: false }, { tls: true }])('creates a session with tls $tls', async ({ tls }) => {
    const answer = await create(await start({ tls }));
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer.body)).toMatchObject([
      {
        session_id: expect.stringMatching(/^1_[\w-]+$/),
        project_id: openTok.apiKey,
        partner_id: openTok.apiKey,
        create_dt: 'Tue Nov 14 22:13:20 UTC 2023',
        session_segment_id: expect.any(String),
        ice_credential_expiration: 86_100,
      },
    ]);
  });

  it.each<[string, Record<string, string>, unknown[]]>([
    ['relayed', form, ['1', '123456', '', createdAt, randomPart, 'P', '', '']],
    ['routed by default', {}, ['1', '123456', '', createdAt, randomPart, '', '', '']],
    [
      'in a place',
      { location: '12.34.56.78' },
      ['1', '123456', '12.34.56.78', createdAt, randomPart, '', '', ''],
    ],
  ])('puts into the session id that it is %s', async (_title, fields, expected) => {
    const answer = await create(await start(), { body: String(new URLSearchParams(fields)) });
    expect(decodeSessionId(answer)).toEqual(expected);
  });

  it('creates sessions for a Vonage application', async () => {
    const answer = await createAsVonage(await start());
    expect(decodeSessionId(answer)[1]).toBe(vonage.applicationId);
    expect(JSON.parse(answer.body)).toMatchObject([{ project_id: vonage.applicationId }]);
  });

  it('never gives the same session twice', async () => {
    const platform = await start();
    const [first, second] = [await create(platform), await create(platform)];
    expect(decodeSessionId(first)).not.toEqual(decodeSessionId(second));
  });

  it('answers in XML to a caller that does not accept JSON', async () => {
    const answer = await create(await start(), { headers: { accept: '*/*' } });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/xml' } });
    expect(answer.body).toMatch(/^<sessions><Session><session_id>1_[\w-]+<\/session_id>/);
  });

  it('records the form', async () => {
    const platform = await start();
    await create(platform);
    expect(platform.requests).toMatchObject([
      { method: 'POST', path: '/session/create', form, connection: 1 },
    ]);
  });

  it('accepts only the new credentials after a rotation', async () => {
    const platform = await start();
    platform.setProject({ ...openTok, apiSecret: 'rotated' });
    expect((await create(platform)).status).toBe(403);
    const jwt = hs256(openTokClaims, { secret: 'rotated' });
    expect((await create(platform, { headers: { 'x-opentok-auth': jwt } })).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    [
      'every field of an archived session',
      {
        'p2p.preference': 'disabled',
        archiveMode: 'always',
        archiveName: 'n'.repeat(80),
        archiveResolution: '1920x1080',
      },
    ],
    ['an encrypted session', { 'p2p.preference': 'disabled', e2ee: 'true' }],
    ['e2ee false', { ...form, e2ee: 'false' }],
  ])('accepts %s', async (_title, fields) => {
    const answer = await create(await start(), { body: String(new URLSearchParams(fields)) });
    expect(answer.status).toBe(200);
  });

  it.each<[string, string]>([
    ['an unknown field', 'mediaMode=relayed'],
    ['a field called like a method of objects', 'constructor=1'],
    ['a field given twice', 'archiveMode=manual&archiveMode=manual'],
    ['a media mode in words', 'p2p.preference=routed'],
    ['an unknown archive mode', 'archiveMode=Always'],
    ['the literal null as location', 'location=null'],
    ['an empty location', 'location='],
    ['an IPv6 location', 'location=::1'],
    ['a Boolean with a capital', 'e2ee=True&p2p.preference=disabled'],
    ['archived and relayed', 'archiveMode=always&p2p.preference=enabled'],
    ['a name without an archive', 'archiveName=name'],
    ['a resolution without an archive', 'archiveResolution=640x480&archiveMode=manual'],
    ['an empty name', 'archiveMode=always&archiveName='],
    ['a name of 81 characters', `archiveMode=always&archiveName=${'n'.repeat(81)}`],
    ['an unknown resolution', 'archiveMode=always&archiveResolution=800x600'],
    ['encrypted and relayed', 'e2ee=true&p2p.preference=enabled'],
    ['encrypted and archived', 'e2ee=true&archiveMode=always'],
  ])('refuses %s', async (_title, body) => {
    const platform = await start();
    const [inOpenTok, inVonage] = [
      await create(platform, { body }),
      await createAsVonage(platform, undefined, body),
    ];
    expect([inOpenTok.status, inVonage.status]).toEqual([400, 400]);
    expect(JSON.parse(inOpenTok.body)).toMatchObject({ code: -1, message: expect.any(String) });
    expect(JSON.parse(inVonage.body)).toMatchObject({ code: 400, message: expect.any(String) });
  });

  it.each<[number, string, RawCall]>([
    [415, 'a JSON body', { headers: { 'content-type': 'application/json' } }],
    [405, 'another method', { method: 'PUT' }],
  ])('answers %i to %s', async (status, _title, call) => {
    expect((await create(await start(), call)).status).toBe(status);
  });

  it('answers 404 on another path', async () => {
    const { url } = await start();
    expect((await rawCall(`${url}/session/create/`, { method: 'POST' })).status).toBe(404);
  });
});

describe('authentication of an OpenTok call', () => {
  it.each<[string, string, string]>([
    ['a wrong secret', hs256(openTokClaims, { secret: 'other' }), 'Invalid signature'],
    ['another algorithm', hs256(openTokClaims, { header: { alg: 'none' } }), 'Invalid signature'],
    [
      'a header without typ',
      hs256(openTokClaims, { header: { typ: undefined } }),
      'Invalid signature',
    ],
    ['the word Bearer', `Bearer ${hs256(openTokClaims)}`, 'Invalid token format'],
    ['not a JWT', 'key:secret', 'Invalid token format'],
    ['parts that are not JSON', 'a.b.c', 'Invalid token format'],
    ['iss as a number', hs256({ ...openTokClaims, iss: 123456 }), 'Invalid issuer format'],
    ['no ist', hs256({ ...openTokClaims, ist: undefined }), 'Invalid issuer format'],
    ['an unknown key', hs256({ ...openTokClaims, iss: '1' }), 'No suitable authentication found'],
    [
      'iat in the future',
      hs256({ ...openTokClaims, iat: nowSeconds + 1 }),
      'issued time cannot be greater than current time',
    ],
    [
      'a fraction in iat',
      hs256({ ...openTokClaims, iat: nowSeconds - 0.5 }),
      'Invalid token format',
    ],
    ['no exp', hs256({ ...openTokClaims, exp: undefined }), 'Invalid token format'],
    ['exp in the past', hs256({ ...openTokClaims, exp: nowSeconds }), 'Token is expired'],
    [
      'a life of 301 seconds',
      hs256({ ...openTokClaims, exp: nowSeconds + 301 }),
      'Token is valid for more than 300 seconds',
    ],
    ['no jti', hs256({ ...openTokClaims, jti: undefined }), 'Token has no jti'],
  ])('is refused with %s', async (_title, jwt, message) => {
    const answer = await create(await start(), { headers: { 'x-opentok-auth': jwt } });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toEqual({ code: -1, message, description: message });
  });

  it('passes with a life of 300 seconds', async () => {
    const jwt = hs256({ ...openTokClaims, exp: nowSeconds + 300 });
    expect((await create(await start(), { headers: { 'x-opentok-auth': jwt } })).status).toBe(200);
  });

  it('is refused in XML to a caller that does not accept JSON', async () => {
    const headers = { accept: 'text/xml', 'x-opentok-auth': 'key:secret' };
    const answer = await create(await start(), { headers });
    expect(answer.body).toBe(
      '<errorPayload><code>-1</code><message>Invalid token format</message></errorPayload>',
    );
  });
});

describe('authentication of a Vonage call', () => {
  it.each<[string, string, string]>([
    [
      'a tampered claim',
      rs256(vonageClaims).replace(/\.[^.]+\./, `.${encode({ ...vonageClaims, jti: 'x' })}.`),
      'Invalid signature',
    ],
    ['HS256', hs256(vonageClaims), 'Invalid signature'],
    [
      'another application',
      rs256({ ...vonageClaims, application_id: 'other' }),
      'No suitable authentication found',
    ],
    [
      'a life of 901 seconds',
      rs256({ ...vonageClaims, exp: nowSeconds + 901 }),
      'Token is valid for more than 900 seconds',
    ],
    ['no jti', rs256({ ...vonageClaims, jti: undefined }), 'Token has no jti'],
  ])('is refused with %s', async (_title, jwt, message) => {
    const answer = await createAsVonage(await start(), jwt);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ code: -1, message });
  });

  it('is refused with an acl, without a word', async () => {
    const answer = await createAsVonage(await start(), rs256({ ...vonageClaims, acl: {} }));
    expect(answer).toMatchObject({ status: 401, body: '' });
  });

  it('is refused without any header', async () => {
    const { url } = await start();
    const call = { method: 'POST', headers: commonHeaders };
    const answer = await rawCall(`${url}/session/create`, call);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ message: 'No suitable authentication found' });
  });
});

describe('a fault of the platform', () => {
  const json = { 'content-type': 'application/json' };

  it.each<[string, Fault, object]>([
    ['401', platformFaults.unauthorized, { status: 401, body: '' }],
    [
      '403',
      platformFaults.invalidSignature,
      { status: 403, body: expect.stringContaining('"message":"Invalid signature"') },
    ],
    ['400', platformFaults.badRequest, { status: 400 }],
    [
      '503',
      platformFaults.unavailable,
      { status: 503, headers: { 'content-type': 'text/xml' }, body: '' },
    ],
    [
      '429',
      statusFault(429, { 'retry-after': '1' }),
      { status: 429, headers: { 'retry-after': '1' } },
    ],
    [
      'a redirect',
      redirectFault('http://127.0.0.1:1/'),
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    ],
    [
      'HTML',
      platformFaults.html,
      { status: 200, headers: { 'content-type': 'text/html' }, body: expect.stringMatching(/^</) },
    ],
    [
      'XML',
      platformFaults.xml,
      {
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: expect.stringMatching(/<session_id>1_/),
      },
    ],
    ['an empty body', platformFaults.empty, { status: 200, headers: json, body: '' }],
    ['an empty array', platformFaults.emptyArray, { status: 200, headers: json, body: '[]' }],
    [
      'broken JSON',
      platformFaults.invalidJson,
      { status: 200, headers: json, body: expect.stringMatching(/[^}\]]$/) },
    ],
    [
      'a wrong content type',
      platformFaults.wrongContentType,
      {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: expect.stringContaining('"session_id":"1_'),
      },
    ],
    [
      'an array without a session id',
      platformFaults.withoutSessionId,
      { status: 200, headers: json, body: expect.stringMatching(/^\[\{"project_id"/) },
    ],
  ])('can be %s', async (_title, fault, expected) => {
    const platform = await start();
    platform.fail(fault);
    expect(await create(platform)).toMatchObject(expected);
    expect((await create(platform)).status).toBe(200);
  });

  it('can be a session of another project', async () => {
    const platform = await start();
    platform.fail(platformFaults.foreignSession);
    expect(decodeSessionId(await create(platform))[1]).toBe('99999999');
  });
});
