/**
 * Reads and verifies tokens with `node:crypto` alone: nothing of `lib/`, nothing of `jose`. Stricter
 * than a reader on the platform has to be. Every function throws when something is wrong.
 */
import assert from 'node:assert/strict';
import { createHmac, type KeyObject, verify } from 'node:crypto';

export type Claims = Record<string, unknown>;

export interface Jwt {
  readonly header: Claims;
  readonly claims: Claims;
  /** The part that the signature covers. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** Takes a compact JWT apart without verifying it. */
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

/** @returns the claims of a JWT that was signed with an OpenTok API secret */
export function verifyHs256(token: string, apiSecret: string): Claims {
  const { header, claims, signed, signature } = decodeJwt(token);
  assert.deepEqual(header, { alg: 'HS256', typ: 'JWT' });
  const expected = createHmac('sha256', apiSecret).update(signed).digest();
  assert.deepEqual(signature, expected, 'the HS256 signature');
  return claims;
}

/** @returns the claims of a JWT that was signed with a Vonage application's private key */
export function verifyRs256(token: string, publicKey: KeyObject): Claims {
  const { header, claims, signed, signature } = decodeJwt(token);
  assert.deepEqual(header, { alg: 'RS256', typ: 'JWT' });
  assert.ok(verify('sha256', Buffer.from(signed), publicKey, signature), 'the RS256 signature');
  return claims;
}

/** @returns the decoded fields of a T1 token that was signed with an OpenTok API secret */
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

/** Refuses what Node repairs: foreign characters, missing or needless padding, stray bits. */
function decodeCanonical(text: string, encoding: 'base64' | 'base64url'): Buffer {
  const bytes = Buffer.from(text, encoding);
  assert.equal(bytes.toString(encoding), text, `canonical ${encoding}`);
  return bytes;
}
