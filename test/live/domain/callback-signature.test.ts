import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assertSigned, readJwt } from '../../../lib/live/domain/callback-signature.ts';

describe('readJwt', () => {
  it.each([
    ['Bearer a.b.c', 'a.b.c'],
    ['bearer a.b.c', 'a.b.c'],
    ['  Bearer   a.b.c ', 'a.b.c'],
  ])('reads %j', (authorization, jwt) => {
    expect(readJwt(authorization)).toBe(jwt);
  });

  it.each([undefined, '', ' ', 'Bearer', 'Bearer '])(
    'asks for a signature after %j',
    (authorization) => {
      expect(() => readJwt(authorization)).toThrow(
        expect.objectContaining({
          name: 'CallbackUnsignedError',
          status: 503,
          retryAfterSeconds: 5,
        }),
      );
    },
  );

  it.each(['Basic YTpi', 'Bearera.b.c', 'a.b.c'])('rejects %j', (authorization) => {
    expect(() => readJwt(authorization)).toThrow(
      expect.objectContaining({ name: 'UnauthenticatedError', status: 401 }),
    );
  });
});

describe('assertSigned', () => {
  const now = 1_800_000_000;
  const body = Buffer.from('{"a" : 1}');
  const hashOf = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
  const claims = { iat: now, payload_hash: hashOf(body) };

  it('returns the hash of the body', () => {
    expect(assertSigned(claims, body, now)).toBe(hashOf(body));
    const upper = { ...claims, payload_hash: hashOf(body).toUpperCase() };
    expect(assertSigned(upper, body, now)).toBe(hashOf(body));
  });

  it.each([
    ['is 24 hours old', now - 86_400, true],
    ['is a second older', now - 86_401, false],
    ['is 5 minutes ahead', now + 300, true],
    ['is a second further ahead', now + 301, false],
    ['is text', String(now), false],
    ['is missing', undefined, false],
    ['is not a number', Number.NaN, false],
    ['is infinite', Number.POSITIVE_INFINITY, false],
    ['is infinitely old', Number.NEGATIVE_INFINITY, false],
  ])('if iat %s, of %s, accepts: %s', (_what, iat, isAccepted) => {
    const check = () => assertSigned({ ...claims, iat }, body, now);
    if (isAccepted) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ name: 'UnauthenticatedError' }));
  });

  it.each([
    ['the same JSON, written again', hashOf('{"a":1}')],
    ['another body', hashOf('{"a" : 2}')],
    ['a prefix of the hash', hashOf(body).slice(0, 63)],
    ['more than the hash', `${hashOf(body)}0`],
    ['nothing', ''],
    ['a list', [hashOf(body)]],
    ['non-ASCII text of the same length', `${'é'.repeat(32)}`],
    ['undefined', undefined],
  ])('rejects a hash of %s', (_what, payload_hash) => {
    expect(() => assertSigned({ ...claims, payload_hash }, body, now)).toThrow(
      expect.objectContaining({ name: 'UnauthenticatedError' }),
    );
  });

  it('rejects missing claims', () => {
    expect(() => assertSigned(undefined, body, now)).toThrow(
      expect.objectContaining({ name: 'UnauthenticatedError' }),
    );
  });
});
