import { describe, expect, it } from 'vitest';
import { toTerminalText } from '../../deploy/terminal-text.js';

describe('toTerminalText', () => {
  it.each([
    ['plain text', 'größe, 部屋 and 🙂', 'größe, 部屋 and 🙂'],
    ['line breaks and tabs', 'a\r\nb\tc', 'a b c'],
    ['an escape sequence', '\u001b[2Jx', '\\u{1b}[2Jx'],
    ['a C1 control sequence introducer', '\u009b31mx', '\\u{9b}31mx'],
    ['a backspace and DEL', 'a\b\u007f', 'a\\u{8}\\u{7f}'],
    ['a bidirectional override', 'a\u202eb', 'a\\u{202e}b'],
    ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
    ['a lone surrogate', 'a\ud800', 'a\\u{d800}'],
  ])('makes %s safe', (_, text, safe) => {
    expect(toTerminalText(text)).toBe(safe);
  });

  it.each([
    [1000, 1000],
    [1001, 1001],
    [100_000, 1001],
  ])('of %i characters returns %i', (length, expected) => {
    expect(toTerminalText('x'.repeat(length))).toHaveLength(expected);
  });
});
