import { describe, expect, it } from 'vitest';
import { recognize } from '../../console/inspector/recognize.ts';
import { decodeToken, fromBase64Url, TOKEN_MAX_LENGTH } from '../../lib/domain/decode-token.ts';

const toT1 = (text: string) => `T1==${Buffer.from(text).toString('base64')}`;
const toPart = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');

describe('decodeToken() of T1', () => {
  it.each<[where: string, head: string, header: object]>([
    ['no additional field', 'partner_id=123&sig=abc', {}],
    [
      'one between the two, as old SDKs write it',
      'partner_id=123&sdk_version=tbpython-0.91&sig=abc',
      { sdk_version: 'tbpython-0.91' },
    ],
    ['one before them', 'v=1&partner_id=123&sig=abc', { v: '1' }],
    ['one after them', 'partner_id=123&sig=abc&v=1', { v: '1' }],
    ['the two in the other order', 'sig=abc&partner_id=123', {}],
    ['a value with =', 'partner_id=123&x=a=b&sig=abc', { x: 'a=b' }],
    ['an empty value', 'partner_id=123&x=&sig=abc', { x: '' }],
    ['a name that objects have', 'partner_id=123&constructor=x&sig=abc', { constructor: 'x' }],
  ])('reads a head with %s', (_, head, header) => {
    expect(decodeToken(toT1(`${head}:session_id=x&create_time=7`))).toMatchObject({
      ...{ kind: 't1', header, projectId: '123', signature: 'abc' },
      ...{ sessionId: 'x', issuedAt: 7, signedText: 'session_id=x&create_time=7' },
    });
  });

  it.each([
    ['no partner_id', 'sig=abc:session_id=x', 'partner_id, sig, a colon'],
    ['no sig', 'partner_id=1:session_id=x', 'partner_id, sig, a colon'],
    ['two partner_ids', 'partner_id=1&partner_id=2&sig=abc:x=y', 'more than once'],
    ['two signatures', 'partner_id=1&sig=a&sig=b:x=y', 'more than once'],
    ['no colon', 'partner_id=1&sig=abc', 'partner_id, sig, a colon'],
    ['two colons', 'partner_id=1&sig=abc:x=y:z', 'more than one colon'],
  ])('rejects a text with %s', (_, text, words) => {
    expect(() => decodeToken(toT1(text))).toThrow(words);
  });
});

describe('decodeToken() of long texts', () => {
  const longest = (() => {
    const [head, tail] = [`${toPart({ alg: 'HS256' })}.${toPart({ iss: '1' })}.`, 'x'];
    return head.padEnd(TOKEN_MAX_LENGTH, tail);
  })();

  it('reads a token of the maximum length', () => {
    expect(decodeToken(longest)).toHaveProperty('projectId', '1');
  });

  it('reads the longest possible T1 token', () => {
    const fields = ['connection_data', 'initial_layout_class_list'].map(
      (name) => `${name}=${encodeURIComponent('语'.repeat(1000))}`,
    );
    const head = `partner_id=12345678&sig=${'a'.repeat(40)}`;
    const session = `session_id=${'x'.repeat(255)}&create_time=1&expire_time=2&nonce=3`;
    const token = toT1(`${head}:${[session, ...fields].join('&')}`);
    expect(decodeToken(token).data).toHaveLength(1000);
  });

  it.each([
    ['a JWT', `${longest}x`],
    ['T1', `T1==${'A'.repeat(TOKEN_MAX_LENGTH)}`],
    ['padding before the last character', `T1==${'='.repeat(TOKEN_MAX_LENGTH)}x`],
  ])('rejects a longer text before reading it: %s', (_, text) => {
    expect(() => decodeToken(text)).toThrow(`a token has at most ${TOKEN_MAX_LENGTH}`);
  });
});

describe('decoding', () => {
  const padding = (length: number) => `${'='.repeat(length)}x`;
  const attempt = (work: () => unknown) => () => {
    try {
      work();
    } catch {
      // Only the time is measured.
    }
  };

  /** The best of several runs, so that load does not matter. */
  function measureMs(work: () => void): number {
    const runs = Array.from({ length: 15 }, () => {
      const startMs = performance.now();
      work();
      return performance.now() - startMs;
    });
    return Math.max(Math.min(...runs), 0.05);
  }

  it.each<[what: string, run: (length: number) => () => void]>([
    ['fromBase64Url()', (length) => attempt(() => fromBase64Url(padding(length)))],
    ['recognize() of quotes', (length) => () => recognize(`"${'"'.repeat(length)}'`)],
    ['recognize() of spaces', (length) => () => recognize(`${' \n'.repeat(length / 2)}x`)],
    ['recognize() of a header', (length) => () => recognize('authorization: '.repeat(length / 15))],
    ['recognize() of dots', (length) => () => recognize('a.'.repeat(length / 2))],
    ['recognize() of T1==', (length) => () => recognize('T1=='.repeat(length / 4))],
    ['recognize() of one word', (length) => () => recognize('a'.repeat(length))],
    ['recognize() of escapes', (length) => () => recognize('%25'.repeat(length / 3))],
    ['recognize() of backslashes', (length) => () => recognize('\\'.repeat(length))],
  ])('takes linear time: %s', (_, run) => {
    // 16 times the length takes 256 times as long in quadratic time.
    const [shortMs, longMs] = [measureMs(run(2_000)), measureMs(run(32_000))];
    expect(longMs / shortMs).toBeLessThan(80);
  });
});
