/**
 * Verifies tokens with `node:crypto` only, without `lib/` and `jose`, and more strictly
 * than the platform has to. Every function throws if the token is invalid.
 */
import assert from 'node:assert/strict';
import { createHmac, type KeyObject, verify } from 'node:crypto';

export type Claims = Record<string, unknown>;

export interface Jwt {
  readonly header: Claims;
  readonly claims: Claims;
  /** The signed part: header and payload. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** Decodes a compact JWT without verifying it. */
export function decodeJwt(token: string): Jwt {
  const parts = token.split('.');
  assert.equal(parts.length, 3, 'a JWT has three parts');
  const [header = '', claims = '', signature = ''] = parts;
  return {
    header: JSON.parse(decodeCanonical(header, 'base64url').toString()),
    claims: JSON.parse(decodeCanonical(claims, 'base64url').toString()),
    signed: `${header}.${claims}`,
    signature: decodeCanonical(signature, 'base64url'),
  };
}

/** Returns the claims of a JWT signed with an OpenTok API secret. */
export function verifyHs256(token: string, apiSecret: string): Claims {
  const { header, claims, signed, signature } = decodeJwt(token);
  assert.deepEqual(header, { alg: 'HS256', typ: 'JWT' });
  const expected = createHmac('sha256', apiSecret).update(signed).digest();
  assert.deepEqual(signature, expected, 'the HS256 signature');
  return claims;
}

/** Returns the claims of a JWT signed with a Vonage application's private key. */
export function verifyRs256(token: string, publicKey: KeyObject): Claims {
  const { header, claims, signed, signature } = decodeJwt(token);
  assert.deepEqual(header, { alg: 'RS256', typ: 'JWT' });
  assert.ok(verify('sha256', Buffer.from(signed), publicKey, signature), 'the RS256 signature');
  return claims;
}

/** Returns the fields of a T1 token signed with an OpenTok API secret. */
export function verifyT1(
  token: string,
  { apiKey, apiSecret }: { apiKey: string; apiSecret: string },
): Record<string, string> {
  assert.ok(token.startsWith('T1=='), 'the T1 prefix');
  const text = decodeCanonical(token.slice(4), 'base64').toString('latin1');
  const [head = '', data = '', ...rest] = text.split(':');
  assert.deepEqual(rest, [], 'readers split on the colon, so there is one');
  const sig = createHmac('sha1', apiSecret).update(data, 'latin1').digest('hex');
  assert.equal(head, `partner_id=${apiKey}&sig=${sig}`);
  const fields = data.split('&').map((field) => {
    const [name = '', value = '', ...more] = field.split('=');
    assert.deepEqual(more, [], 'one = per field');
    return [name, decodeURIComponent(value)] as const;
  });
  assert.equal(new Set(fields.map(([name]) => name)).size, fields.length, 'no field twice');
  return Object.fromEntries(fields);
}

/** Rejects what Node repairs: characters outside base64, missing or extra padding, non-zero trailing bits. */
function decodeCanonical(text: string, encoding: 'base64' | 'base64url'): Buffer {
  const bytes = Buffer.from(text, encoding);
  assert.equal(bytes.toString(encoding), text, `canonical ${encoding}`);
  return bytes;
}
