/**
 * Names that people read: of a guest, in the waiting room and in connection data. Pure: no I/O.
 *
 * A name without a visible character looks like a missing one, a bidirectional control reorders the
 * text around it, and a format character hides text in it. All of these are rejected. Three kinds of
 * invisible character are part of how names are written, and are allowed only in that place:
 * joiners in scripts that need them, variation selectors, and the sequences of emoji.
 */
import * as v from 'valibot';
import { maxCharacters, wellFormedText } from '../../domain/request-fields.ts';

/** In characters (code points), not in code units of UTF-16. */
export const NAME_MAX_LENGTH = 64;
export const NAME_RULE = `must be 1 to ${NAME_MAX_LENGTH} characters, at least one of them visible, and none a control, format, bidirectional or invisible character`;

/** Symbols that are drawn as nothing: Braille blank, object replacement, null notehead. */
const BLANK = '\\u2800\\ufffc\\u{1d159}';
/** Private use characters look different, or like nothing, on every device. */
const HIDDEN = `\\p{Cc}\\p{Cf}\\p{Co}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}${BLANK}`;

/**
 * Scripts in which a joiner changes how a word is drawn. Source: Unicode Standard, chapters 9, 12,
 * 13, 14 and 16; the rule follows UAX #31 section 2.3, which allows joiners in context.
 */
const JOINING_SCRIPTS = [
  ...['Arab', 'Syrc', 'Nkoo', 'Mand', 'Adlm', 'Rohg', 'Mong', 'Phag', 'Deva', 'Beng', 'Guru'],
  ...['Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh', 'Tibt', 'Mymr', 'Khmr', 'Bali'],
  ...['Java', 'Newa', 'Mtei'],
]
  .map((script) => `\\p{scx=${script}}`)
  .join('');

const ALLOWED_IN_PLACE = [
  // ZWNJ or ZWJ, one, after a letter or mark of such a script: Persian "علی‌رضا", Sinhala "ක්‍ර".
  `(?<=[${JOINING_SCRIPTS}](?<=[\\p{L}\\p{M}]))[\\u200c\\u200d]`,
  // Mongolian variation selectors and the vowel separator.
  '(?<=[\\u1820-\\u18aa])[\\u180b-\\u180f]',
  '(?<=[\\u1820-\\u18aa][\\u180b-\\u180d\\u180f])\\u180e',
  // A form of an ideograph, which some Japanese family names are registered with.
  '(?<=\\p{Unified_Ideograph})[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]',
  // Emoji: text or color presentation, keycaps, sequences, and the flags of England, Scotland, Wales.
  '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]',
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  '(?<=\\p{Extended_Pictographic}[\\p{Emoji_Modifier}\\ufe0f]?)\\u200d(?=\\p{Extended_Pictographic})',
  '(?<=\\u{1f3f4})\\u{e0067}\\u{e0062}(?:\\u{e0065}\\u{e006e}\\u{e0067}|\\u{e0073}\\u{e0063}\\u{e0074}|\\u{e0077}\\u{e006c}\\u{e0073})\\u{e007f}',
].join('|');

/** A mark at the beginning would be drawn over the text in front of the name. */
const BEGINS_WELL = '(?!\\p{M})';
const HAS_VISIBLE = `(?=.*[\\p{L}\\p{N}\\p{P}\\p{S}\\p{Extended_Pictographic}](?<![${HIDDEN}]))`;
const NAME = new RegExp(
  `^${BEGINS_WELL}${HAS_VISIBLE}(?:[^${HIDDEN}]|${ALLOWED_IN_PLACE})*$`,
  'su',
);

export const displayName = v.pipe(
  wellFormedText,
  v.minLength(1, NAME_RULE),
  maxCharacters(NAME_MAX_LENGTH, NAME_RULE),
  // What a schema can state of the rule.
  v.regex(/^\P{Cc}*$/u, NAME_RULE),
  v.check((text) => /^$|\p{Cc}|\p{Cs}/u.test(text) || NAME.test(text), NAME_RULE),
);
