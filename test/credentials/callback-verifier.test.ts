import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseCallbackVerifier } from '../../lib/credentials/callback-verifier.ts';
import { signCallback } from '../../stand-ins/callbacks.ts';

const project = { apiKey: '12345678', apiSecret: 'api-secret' };
const parse = (callbackSecrets: unknown) =>
  parseCallbackVerifier(JSON.stringify({ ...project, callbackSecrets }));
const body = '{}';

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('readClaims', () => {
  it.each([
    ['the only secret', ['one'], 'one'],
    ['the first of two', ['one', 'two'], 'one'],
    ['the second of two', ['one', 'two'], 'two'],
    ['a secret of 50 characters', ['x'.repeat(50)], 'x'.repeat(50)],
  ])('returns the claims that %s has signed', async (_what, secrets, secret) => {
    const { project: own, readClaims } = await parse(secrets);
    const jwt = signCallback(body, { secret, issuedAtSeconds: 7 });
    expect(readClaims(jwt)).toMatchObject({ iat: 7, iss: 'Vonage' });
    expect(own).toEqual({ kind: 'opentok', id: '12345678' });
  });

  const good = signCallback(body, { secret: 'one' });
  const [header = '', payload = '', signature = ''] = good.split('.');
  const sign = (text: string, algorithm: string) =>
    `${text}.${createHmac(algorithm, 'one').update(text).digest('base64url')}`;

  it.each([
    ['another secret', signCallback(body, { secret: 'two' })],
    ["the project's own secret", signCallback(body, { secret: project.apiSecret })],
    ['no signature', `${header}.${payload}.`],
    ['alg none', `${encode({ alg: 'none' })}.${payload}.`],
    ['alg none with a valid HMAC', signCallback(body, { secret: 'one', alg: 'none' })],
    ['alg HS512', sign(`${encode({ alg: 'HS512' })}.${payload}`, 'sha512')],
    ['alg HS384 over SHA-256', signCallback(body, { secret: 'one', alg: 'HS384' })],
    ['alg RS256 over SHA-256', signCallback(body, { secret: 'one', alg: 'RS256' })],
    ['alg in lower case', signCallback(body, { secret: 'one', alg: 'hs256' })],
    ['claims of another token', `${header}.${encode({ iat: 1 })}.${signature}`],
    ['half a signature', good.slice(0, -10)],
    ['a fourth part', `${good}.x`],
    ['no JSON in the header', sign(`x.${payload}`, 'sha256')],
    ['no JSON in the claims', sign(`${header}.x`, 'sha256')],
    [
      'claims that are not an object',
      sign(`${header}.${Buffer.from('7').toString('base64url')}`, 'sha256'),
    ],
    ['no JWT', 'x'],
  ])('returns undefined for %s', async (_what, jwt) => {
    const { readClaims } = await parse(['one']);
    expect(readClaims(jwt)).toBeUndefined();
  });
});

describe('parseCallbackVerifier', () => {
  it.each<[what: string, secrets: unknown, reason: string]>([
    ['a missing field', undefined, 'callbackSecrets is missing; it must be an array'],
    ['a string', 'one', 'callbackSecrets must be an array of one or two strings'],
    ['no secret', [], 'callbackSecrets must be an array'],
    ['three secrets', ['a', 'b', 'c'], 'callbackSecrets must be an array'],
    ['an empty secret', [''], 'of 1 to 50 characters'],
    ['51 characters', ['x'.repeat(51)], 'of 1 to 50 characters'],
    ['a number', [7], 'callbackSecrets must be an array'],
    ['a line break at the end', ['one\n'], 'white space around a secret'],
  ])(
    'rejects %s as a configuration error that callers see as a 503',
    async (_what, secrets, reason) => {
      await expect(parse(secrets)).rejects.toMatchObject({
        name: 'ConfigurationError',
        status: 503,
        reason: expect.stringContaining(reason),
        retryAfterSeconds: 60,
      });
    },
  );

  it('never quotes a secret', async () => {
    const error = await parse(['very-secret ', 7]).catch((thrown) => thrown);
    expect(JSON.stringify([error.message, error.reason])).not.toContain('very-secret');
  });

  it('rejects a secret without credentials', async () => {
    await expect(parseCallbackVerifier('{"callbackSecrets":["one"]}')).rejects.toMatchObject({
      name: 'ConfigurationError',
      status: 500,
    });
  });
});
