import { describe, expect, it } from 'vitest';
import { readHeaderValue, readHeaderValues } from '../../lib/events/header-values.ts';

describe('a header with one value', () => {
  it.each<[sent: string[], expected: string]>([
    [['application/json'], 'application/json'],
    [['application/json', 'application/json'], 'application/json'],
    [['text/plain', 'application/json'], 'application/json'],
    [['application/json', 'text/plain'], 'text/plain'],
    [['a', 'b', 'c; charset=utf-8'], 'c; charset=utf-8'],
    [['application/json', ''], ''],
    [['', 'application/json'], 'application/json'],
    [[''], ''],
    [['application/json; profile="a,b"'], 'application/json; profile="a,b"'],
    [['text/plain; note="\\",application/json'], 'text/plain; note="\\",application/json'],
    [['x, y'], 'y'],
  ])('sent as %j has its last value, in every payload', (sent, expected) => {
    const name = 'Content-Type';
    const joined = { headers: { 'content-type': sent.join(',') } };
    const listed = { headers: { [name]: sent.at(-1) }, multiValueHeaders: { [name]: sent } };
    const listedOnly = { headers: null, multiValueHeaders: { [name]: sent } };
    for (const event of [joined, listed, listedOnly]) {
      expect(readHeaderValue(event, 'content-type')).toBe(expected);
    }
  });

  it.each([
    undefined,
    null,
    7,
    'Content-Type: text/plain',
    {},
    { 'content-type': null },
    { 'content-type': [7] },
  ])('is missing from the headers %j', (headers) => {
    expect(readHeaderValue({ headers }, 'content-type')).toBeUndefined();
    expect(readHeaderValue({ multiValueHeaders: headers }, 'content-type')).toBeUndefined();
  });

  it('is read in linear time', () => {
    const headers = { 'content-type': `${'"\\'.repeat(50_000)},${','.repeat(50_000)}x` };
    const startedMs = performance.now();
    readHeaderValue({ headers }, 'content-type');
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

describe('a header that is a list', () => {
  it('keeps its values unchanged', () => {
    const multiValueHeaders = { 'If-Match': ['"a"', '"b,c"'] };
    expect(readHeaderValues({ multiValueHeaders, headers: {} }, 'if-match')).toEqual([
      '"a"',
      '"b,c"',
    ]);
    const headers = { 'if-match': '"a","b,c"' };
    expect(readHeaderValues({ headers }, 'if-match')).toEqual(['"a","b,c"']);
  });
});
