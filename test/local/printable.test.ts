import { describe, expect, it } from 'vitest';
import { toPrintable, toPrintableJson } from '../../local/printable.ts';

const rows: [what: string, text: string, shown: string][] = [
  ['an escape sequence', 'a\u001b[31mb', 'a\\u001b[31mb'],
  ['a C1 control sequence introducer', '\u009b2J', '\\u009b2J'],
  ['DEL', '\u007f', '\\u007f'],
  ['a bidirectional override', 'a\u202eb', 'a\\u202eb'],
  ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['an invisible tag character', '\u{e0041}', '\\udb40\\udc41'],
  ['no letter, mark or emoji', 'Zoë שָׁלוֹם 🎥 ✓', 'Zoë שָׁלוֹם 🎥 ✓'],
];

describe('toPrintable', () => {
  it.each(rows)('escapes %s', (_what, text, shown) => {
    expect(toPrintable(text)).toBe(shown);
  });

  it('escapes line breaks unless they are kept', () => {
    expect(toPrintable('a\r\n\tb')).toBe('a\\u000d\\u000a\\u0009b');
    expect(toPrintable('a\r\n\tb', '\n\t')).toBe('a\\u000d\n\tb');
  });
});

describe('toPrintableJson', () => {
  it.each(rows)('escapes %s, and parses to the same value', (_what, text) => {
    const json = toPrintableJson({ text });
    expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(json)).toEqual({ text });
  });
});
