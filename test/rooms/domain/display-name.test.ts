import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { displayName, NAME_RULE } from '../../../lib/rooms/domain/display-name.ts';

const judge = (name: unknown) =>
  (v.safeParse(displayName, name).issues ?? []).map(({ message }) => message);

describe('displayName accepts', () => {
  it.each([
    ['one letter', 'A'],
    ['64 letters', 'é'.repeat(64)],
    ['64 characters of two code units', '\u{1f600}'.repeat(64)],
    ['digits', '007'],
    ['punctuation alone', '?'],
    ['a title', 'Dr. Ada O’Neil-King, MD (she/her)'],
    ['a decomposed letter', 'E\u0301ve'],
    ['several marks', 'Vie\u0323\u0302t'],
    ['an ideographic space', '山田\u3000太郎'],
    ['a no-break space', 'Ada\u00a0Lovelace'],
    ['a space at either end', ' Ada '],
    ['Arabic', 'عائشة'],
    ['Hebrew', 'שָׁלוֹם'],
    ['Thai', 'เอด้า'],
    ['Persian with ZWNJ', 'علی\u200cرضا'],
    ['Urdu with ZWJ', 'ه\u200d'],
    ['Arabic with ZWNJ after a vowel mark', 'عَ\u200cب'],
    ['Marathi with ZWJ', 'सुऱ्\u200dया'],
    ['Hindi with ZWNJ', 'क्\u200cष'],
    ['Malayalam with a ZWJ at the end', 'മോഹന്\u200d'],
    ['Sinhala with ZWJ', 'ශ්\u200dරී'],
    ['Bengali with ZWJ', 'র\u200d্যা'],
    ['Mongolian with selector and separator', 'ᠭ\u180b\u180eᠠ'],
    ['an ideograph with a variation sequence', '辻\u{e0101}さん'],
    ['an ideograph with a standardized variant', '祖\ufe00'],
    ['modern Hangul', '김민준'],
    ['decomposed Hangul', '\u1112\u1161\u11ab'],
    ['half-width Katakana', 'ｱﾀﾞ'],
    ['a letter beyond U+FFFF', '𐐀𐐁'],
    ['an emoji', '😀'],
    ['an emoji with its selector', '❤\ufe0f'],
    ['an emoji as text', '❤\ufe0e'],
    ['an emoji with a skin tone', '👍🏽'],
    ['a family', '👨\u200d👩\u200d👧\u200d👦'],
    ['a profession with a skin tone', '👩🏽\u200d🚀'],
    ['a sequence with selectors', '🏳\ufe0f\u200d⚧\ufe0f'],
    ['a detective', '🕵🏻\u200d♀\ufe0f'],
    ['red hair', '👨\u200d🦰'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['a flag', '🇺🇦'],
    ['the flag of Scotland', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['the flag of England', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} Harry'],
    ['the flag of Wales', '🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}'],
    ['Braille', '⠁⠙⠁'],
  ])('%s', (_what, name) => {
    expect(judge(name)).toEqual([]);
  });
});

/** Alone, and inside a name. */
const HIDDEN: [what: string, character: string][] = [
  ['NUL', '\0'],
  ['tab', '\t'],
  ['line feed', '\n'],
  ['escape', '\u001b'],
  ['delete', '\u007f'],
  ['next line', '\u0085'],
  ['soft hyphen', '\u00ad'],
  ['combining grapheme joiner', '\u034f'],
  ['Arabic letter mark', '\u061c'],
  ['Arabic number sign', '\u0600'],
  ['Hangul choseong filler', '\u115f'],
  ['Hangul jungseong filler', '\u1160'],
  ['Khmer inherent vowel', '\u17b4'],
  ['Mongolian variation selector', '\u180b'],
  ['Mongolian vowel separator', '\u180e'],
  ['zero width space', '\u200b'],
  ['zero width non-joiner', '\u200c'],
  ['zero width joiner', '\u200d'],
  ['left-to-right mark', '\u200e'],
  ['right-to-left mark', '\u200f'],
  ['line separator', '\u2028'],
  ['paragraph separator', '\u2029'],
  ['left-to-right embedding', '\u202a'],
  ['pop directional formatting', '\u202c'],
  ['right-to-left override', '\u202e'],
  ['word joiner', '\u2060'],
  ['invisible times', '\u2062'],
  ['a reserved format character', '\u2065'],
  ['right-to-left isolate', '\u2067'],
  ['pop directional isolate', '\u2069'],
  ['Braille blank', '\u2800'],
  ['Hangul filler', '\u3164'],
  ['private use', '\ue000'],
  ['variation selector 1', '\ufe00'],
  ['variation selector 16', '\ufe0f'],
  ['byte order mark', '\ufeff'],
  ['half-width Hangul filler', '\uffa0'],
  ['interlinear annotation anchor', '\ufff9'],
  ['object replacement character', '\ufffc'],
  ['a noncharacter', '\uffff'],
  ['musical null notehead', '\u{1d159}'],
  ['musical begin beam', '\u{1d173}'],
  ['shorthand format overlap', '\u{1bca0}'],
  ['language tag', '\u{e0001}'],
  ['tag latin small letter a', '\u{e0061}'],
  ['cancel tag', '\u{e007f}'],
  ['variation selector 17', '\u{e0100}'],
  ['a noncharacter of plane 15', '\u{fffff}'],
  ['private use of plane 16', '\u{100000}'],
];

describe('displayName rejects', () => {
  it.each(HIDDEN)('%s', (_what, character) => {
    for (const name of [character, `${character}Ada`, `A${character}da`, `Ada${character}`]) {
      expect(judge(name), JSON.stringify(name)).toEqual([NAME_RULE]);
    }
  });

  it.each([
    ['nothing', ''],
    ['65 characters', 'a'.repeat(65)],
    ['spaces alone', '   '],
    ['a no-break space alone', '\u00a0'],
    ['an ideographic space alone', '\u3000'],
    ['a combining mark alone', '\u0301'],
    ['an enclosing mark alone', '\u20dd'],
    ['marks on a space', ' \u0301\u0302'],
    ['a mark at the beginning', '\u0301Ada'],
    ['two joiners', 'علی\u200c\u200cرضا'],
    ['a joiner at the beginning', '\u200cعلی'],
    ['a joiner after a space', 'علی \u200cرضا'],
    ['a joiner after an Arabic digit', '٣\u200c'],
    ['a joiner between Latin letters after Arabic ones', 'علی A\u200cda'],
    ['a joiner after an emoji, before a letter', '😀\u200dA'],
    ['two joiners between emoji', '👨\u200d\u200d👩'],
    ['two selectors on an emoji', '❤\ufe0f\ufe0f'],
    ['a selector on a letter', 'A\ufe0f'],
    ['a selector on a digit that is not a keycap', '1\ufe0f'],
    ['two selectors on an ideograph', '辻\u{e0101}\u{e0101}'],
    ['an ideographic selector on a letter', 'A\u{e0101}'],
    ['tags of another flag', '🏴\u{e0075}\u{e0073}\u{e0063}\u{e0061}\u{e007f}'],
    ['tags without an end', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}'],
    ['tags on another emoji', '😀\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
  ])('%s', (_what, name) => {
    expect(judge(name)).toEqual([NAME_RULE]);
  });

  it('half a surrogate pair, with its own reason', () => {
    expect(judge('Ada\ud800')).toEqual([expect.stringContaining('well-formed')]);
  });

  it('what is not a string', () => {
    expect(judge(5)).toEqual(['must be a string']);
  });

  it('a very long name in linear time', () => {
    const startedMs = performance.now();
    for (const piece of ['❤\ufe0f\u200d', '\u200c', 'a\u0301', 'علی\u200c', ' ']) {
      judge(piece.repeat(10_000));
    }
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
