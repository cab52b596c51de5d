import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createJwtSigner } from '../../lib/secrets/sign-jwt.ts';
import { NOW_SECONDS, OPENTOK_SECRET } from '../support/fixtures.ts';
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
  it('carries the claims as they are, signed with HS256', async () => {
    const key = createSecretKey(OPENTOK_SECRET.apiSecret, 'utf8');
    const sign = createJwtSigner(
      'HS256',
      key.toCryptoKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
    );
    expect(verifyHs256(await sign(claims), OPENTOK_SECRET.apiSecret)).toEqual(claims);
  });

  it('carries the claims as they are, signed with RS256', async () => {
    const sign = createJwtSigner(
      'RS256',
      rsa.privateKey.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']),
    );
    expect(verifyRs256(await sign(claims), rsa.publicKey)).toEqual(claims);
  });
});
