/** Which tokens let a client connect to a session of the stand-in platform. */
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readClientToken } from '../../stand-ins/client-token.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';

const nowSeconds = 1_700_000_000;
const openTok = { apiKey: '123456', apiSecret: 'secret of the project' };
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const vonage = { applicationId: '29f760f8-7ce1-46c9-ade3-f2dedee4ed5f', privateKey };
const ofOpenTok = mintSessionId({ projectId: openTok.apiKey });
const ofVonage = mintSessionId({ projectId: vonage.applicationId });

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const common = { scope: 'session.connect', connection_data: 'name=Ada', exp: nowSeconds + 1 };

function hs256(claims: object, secret = openTok.apiSecret, alg = 'HS256'): string {
  const all = { iss: openTok.apiKey, ist: 'project', session_id: ofOpenTok, ...common, ...claims };
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(all)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function rs256(claims: object = {}): string {
  const all = { application_id: vonage.applicationId, session_id: ofVonage, ...common, ...claims };
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(all)}`;
  return `${signed}.${createSign('sha256').update(signed).sign(privateKey, 'base64url')}`;
}

function t1(more = '', secret = openTok.apiSecret): string {
  const data = `session_id=${ofOpenTok}&connection_data=name%3DAda&expire_time=${nowSeconds + 1}${more}`;
  const sig = createHmac('sha1', secret).update(data).digest('hex');
  return `T1==${Buffer.from(`partner_id=${openTok.apiKey}&sig=${sig}:${data}`).toString('base64')}`;
}

const read = (token: string) => readClientToken(token, { projects: [openTok, vonage], nowSeconds });

describe('a client connects with', () => {
  it.each([
    ['an OpenTok JWT', hs256({}), ofOpenTok],
    ['a T1 token', t1(), ofOpenTok],
    ['a Vonage JWT', rs256(), ofVonage],
  ])('%s', (_kind, token, sessionId) => {
    expect(read(token)).toEqual({ sessionId, data: 'name=Ada' });
  });

  it('a token without connection data', () => {
    expect(read(hs256({ connection_data: undefined }))).toMatchObject({ data: '' });
  });
});

describe('a client is refused with', () => {
  it.each([
    ['text that is not a token', 'hello', /neither a JWT/],
    ['a token of another project', hs256({ iss: '999' }), /another project/],
    ['another secret', hs256({}, 'other'), /signature/],
    ['alg none', hs256({}, openTok.apiSecret, 'none'), /signature/],
    ['a T1 token of another secret', t1('', 'other'), /signature/],
    [
      'an OpenTok JWT for a Vonage application',
      hs256({ application_id: vonage.applicationId }),
      /signature/,
    ],
    ['a session of another project', hs256({ session_id: ofVonage }), /no session of its project/],
    ['no session', hs256({ session_id: undefined }), /no session/],
    ['a token for the REST API', hs256({ scope: undefined }), /not for clients/],
    ['a token that expires now', hs256({ exp: nowSeconds }), /expired/],
    ['a token without expiry', rs256({ exp: undefined }), /expired/],
  ])('%s', (_what, token, reason) => {
    expect(read(token)).toEqual({ refused: expect.stringMatching(reason) });
  });
});
