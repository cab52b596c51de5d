import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWritable, writeJson, writeJsonStart } from '../../lib/events/deep-json.ts';

const nest = (depth: number, inner = '') =>
  JSON.parse('['.repeat(depth) + inner + ']'.repeat(depth));

describe('writeJson', () => {
  it('equals JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect([...writeJson(value)].join('')).toBe(JSON.stringify(value));
      }),
    );
  });

  it.each([
    ['nothing', undefined, 'null'],
    ['names that need escapes', { '"\n': { __proto__: null, '': [{}] } }, '{"\\"\\n":{"":[{}]}}'],
    ['an own __proto__', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ])('writes %s', (_scenario, value, expected) => {
    expect([...writeJson(value)].join('')).toBe(expected);
  });

  it('can be parsed back, also with numbers beyond JavaScript’s range', () => {
    const text = '{"a":[1e400,-1e400,12345678901234567890]}';
    const written = [...writeJson(JSON.parse(text))].join('');
    expect(JSON.parse(written)).toEqual(JSON.parse(text));
    expect(written).toBe('{"a":[1e999,-1e999,12345678901234567000]}');
  });

  it('has no depth limit', () => {
    const { text, isWhole } = writeJsonStart(nest(100_000, '{"a":1}'), 1_000_000);
    expect(isWhole).toBe(true);
    expect(text).toBe(`${'['.repeat(100_000)}{"a":1}${']'.repeat(100_000)}`);
  });

  it.each([
    [5, '[1,2]', true],
    [4, '[1,2', false],
    [0, '', false],
  ])('stops after %i characters', (maxLength, text, isWhole) => {
    expect(writeJsonStart([1, 2], maxLength)).toEqual({ text, isWhole });
  });
});

describe('a value that EventBridge accepts unchanged', () => {
  it.each<[scenario: string, value: unknown, expected: boolean]>([
    ['a text', 'x', true],
    ['null', null, true],
    ['as many levels as allowed', nest(3), true],
    ['one level more', nest(4), false],
    ['one level more in an object', { a: { b: { c: {} } } }, false],
    ['very many levels', nest(100_000), false],
    ['the largest whole number without loss', [2 ** 53 - 1, -(2 ** 53) + 1], true],
    ['one more', [2 ** 53], false],
    ['one less', { a: -(2 ** 53) }, false],
    ['a number without an end', [Number.POSITIVE_INFINITY], false],
    ['the same, negative', [Number.NEGATIVE_INFINITY], false],
    ['fractions', [0.1, -1.5e-300], true],
  ])('or not: %s', (_scenario, value, expected) => {
    expect(isWritable(value, 3)).toBe(expected);
  });
});
