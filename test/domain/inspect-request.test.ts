import { describe, expect, it } from 'vitest';
import { parseInspectRequest } from '../../lib/domain/inspect-request.ts';
import { catchFieldErrors } from '../support/faults.ts';
import { buildJwt, buildT1, unsigned } from '../support/foreign-tokens.ts';

const base64url = (text: string) => Buffer.from(text).toString('base64url');
const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
const jwt = (claims: object) => buildJwt({ alg: 'HS256' }, { ...claims }, unsigned);

describe('a token to inspect', () => {
  it.each<[what: string, token: string, claims: object]>([
    ['a JWT', jwt({ iss: '1' }), { iss: '1' }],
    ['a JWT that says nothing', jwt({}), {}],
    ['a JWT as deep as one may be', jwt({ a: nested(31) }), { a: nested(31) }],
    ['T1', buildT1('1', 'a=b%3A', 'secret'), { a: 'b:' }],
  ])('is decoded: %s', (_, token, claims) => {
    expect(parseInspectRequest({ token })).toMatchObject({ text: token, token: { claims } });
  });

  it.each<[what: string, input: unknown, words: RegExp]>([
    ['no body', undefined, /^must be a token: a JWT/],
    ['no token', {}, /^must be a token: a JWT/],
    ['a number', { token: 7 }, /^must be a token: a JWT/],
    ['nothing', { token: '' }, /^must be a token: a JWT/],
    ['words', { token: 'hello' }, /^must be a token: a JWT/],
    ['two parts', { token: 'a.b' }, /^must be a token: a JWT/],
    ['four parts', { token: 'a.b.c.d' }, /^must be a token: a JWT/],
    ['what else is copied with it', { token: `Bearer ${jwt({})}` }, /^must be a token: a JWT/],
    ['a line break', { token: `${jwt({})}\n` }, /^must be a token: a JWT/],
    ['T1 and nothing', { token: 'T1==' }, /^must be a token: a JWT/],
    ['a JWT of other bytes', { token: 'a.b.c' }, /^is not a token\. The first part \(the header\)/],
    [
      'a list for claims',
      { token: `${base64url('{}')}.${base64url('[]')}.x` },
      /^is not a token\. The second part \(the claims\)/,
    ],
    [
      'a JWT nested too deep',
      { token: jwt({ a: nested(32) }) },
      /^is not a token\. The second part/,
    ],
    [
      'a JWT nested without end',
      {
        token: `${base64url('{}')}.${base64url(`{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`)}.x`,
      },
      /^is not a token\. The second part/,
    ],
    ['T1 of other text', { token: `T1==${base64url('hello')}` }, /^is not a token\. After T1==/],
  ])('is rejected without quoting it: %s', async (_, input, words) => {
    const errors = await catchFieldErrors(() => parseInspectRequest(input));
    expect(errors).toEqual([{ pointer: '#/token', detail: expect.stringMatching(words) }]);
  });

  it('is the only field', async () => {
    const errors = await catchFieldErrors(() => parseInspectRequest({ token: jwt({}), role: 'x' }));
    expect(errors).toEqual([{ pointer: '#/role', detail: 'is not one of token' }]);
  });
});
