/** Text from elsewhere on a terminal. Pure: no I/O. */

/** Control and format characters (also bidirectional ones), and separators of lines and paragraphs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Replaces every character that a terminal acts on, or does not show, with its escape in JSON, so
 * that a response or a request cannot move the cursor, set the title or hide text.
 *
 * @param kept Characters that stay, such as line breaks of a stack trace.
 */
export function toPrintable(text: string, kept = ''): string {
  return text.replace(UNPRINTABLE, (character) =>
    kept.includes(character) ? character : toEscape(character),
  );
}

/** Writes a value as one line of JSON in which the same characters are escaped. */
export function toPrintableJson(value: unknown): string {
  return toPrintable(JSON.stringify(value));
}

function toEscape(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
