import { createSecretKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createJwtSigner } from '../../lib/credentials/sign-jwt.ts';
import { buildClientClaims, buildProjectClaims } from '../../lib/domain/token-claims.ts';
import { APPLICATION_ID, NOW_SECONDS, OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';
import { rsa } from '../support/keys.ts';
import { verifyHs256, verifyRs256 } from '../support/verify-token.ts';

const claims = {
  b: 'é🎥',
  a: [1, { c: null }],
  iat: NOW_SECONDS,
  exp: NOW_SECONDS + 1,
  nonce: 2 ** 47,
};

describe('a JWT', () => {
  it('contains the claims unchanged, signed with HS256', async () => {
    const key = createSecretKey(OPENTOK_SECRET.apiSecret, 'utf8');
    const sign = createJwtSigner('HS256', toHmac(key));
    expect(verifyHs256(await sign(claims), OPENTOK_SECRET.apiSecret)).toEqual(claims);
  });

  it('contains the claims unchanged, signed with RS256', async () => {
    const sign = createJwtSigner(
      'RS256',
      rsa.privateKey.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']),
    );
    expect(verifyRs256(await sign(claims), rsa.publicKey)).toEqual(claims);
  });
});

/**
 * Complete tokens, made outside this code: a round trip alone would not detect changes of the header or the
 * order of claims. The RS256 key is generated, so only the two signed parts are compared.
 */
describe('a golden token', () => {
  const token = {
    sessionId: sessionIds.openTok,
    role: 'publisher',
    issuedAtSeconds: NOW_SECONDS,
    expireTime: NOW_SECONDS + 86_400,
    data: 'name=J',
    initialLayoutClassList: ['focus', 'full'],
  } as const;
  const uniqueness = { nonce: 42, jti: '6e1f7f0c-9c3f-4d0e-8f5a-0f2f0e3d1c2b' };
  const hmacKey = createSecretKey(OPENTOK_SECRET.apiSecret, 'utf8');
  const signHs256 = createJwtSigner('HS256', toHmac(hmacKey));

  it('of an OpenTok client is equal', async () => {
    const claims = buildClientClaims({ kind: 'opentok', id: '123456' }, token, uniqueness);
    expect(await signHs256(claims)).toBe(
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiIxMjM0NTYiLCJpc3QiOiJwcm9qZWN0Iiwic' +
        '2NvcGUiOiJzZXNzaW9uLmNvbm5lY3QiLCJzZXNzaW9uX2lkIjoiMV9NWDR4TWpNME5UWi1mbE5oZENCTll' +
        'YSWdNVFVnTVRRNk5ESTZNak1nVUVSVUlESXdNVFItTUM0ME9UQXhNekF5Tlg0Iiwicm9sZSI6InB1Ymxpc' +
        '2hlciIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDg2NDAwLCJjb25uZWN0aW9uX2RhdGEiOiJuYW1' +
        'lPUoiLCJub25jZSI6NDIsImluaXRpYWxfbGF5b3V0X2NsYXNzX2xpc3QiOiJmb2N1cyBmdWxsIn0.dNwV9' +
        'ezFkEKr0Cri6Ey1WTlUcCelf9ub-wN9FNuxM3g',
    );
  });

  it('of a REST call is equal', async () => {
    const claims = buildProjectClaims({ kind: 'opentok', id: '123456' }, NOW_SECONDS, 'jti-1');
    expect(await signHs256(claims)).toBe(
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.' +
        'eyJpc3MiOiIxMjM0NTYiLCJpc3QiOiJwcm9qZWN0IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDAxODAsImp0aSI6Imp0aS0xIn0.' +
        'YA4Y2OynHHkgDo4cLuisTKUm0MUhOW3fw8c_EK0qOMM',
    );
  });

  it('of a Vonage client has equal header and claims', async () => {
    const sign = createJwtSigner(
      'RS256',
      rsa.privateKey.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']),
    );
    const claims = buildClientClaims({ kind: 'vonage', id: APPLICATION_ID }, token, uniqueness);
    const signed = await sign(claims);
    verifyRs256(signed, rsa.publicKey);
    expect(signed.slice(0, signed.lastIndexOf('.'))).toBe(
      'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJhcHBsaWNhdGlvbl9pZCI6IjI5Zjc2MGY4LTdjZTEtN' +
        'DZjOS1hZGUzLWYyZGVkZWU0ZWQ1ZiIsInNjb3BlIjoic2Vzc2lvbi5jb25uZWN0Iiwic2Vzc2lvbl9pZCI' +
        '6IjFfTVg0eE1qTTBOVFotZmxOaGRDQk5ZWElnTVRVZ01UUTZOREk2TWpNZ1VFUlVJREl3TVRSLU1DNDBPV' +
        'EF4TXpBeU5YNCIsInJvbGUiOiJwdWJsaXNoZXIiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDA4NjQ' +
        'wMCwiY29ubmVjdGlvbl9kYXRhIjoibmFtZT1KIiwic3ViIjoidmlkZW8iLCJhY2wiOnsicGF0aHMiOnsiL' +
        '3Nlc3Npb24vKioiOnt9fX0sImp0aSI6IjZlMWY3ZjBjLTljM2YtNGQwZS04ZjVhLTBmMmYwZTNkMWMyYiI' +
        'sImluaXRpYWxfbGF5b3V0X2NsYXNzX2xpc3QiOiJmb2N1cyBmdWxsIn0',
    );
  });
});

function toHmac(key: KeyObject) {
  return key.toCryptoKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}
