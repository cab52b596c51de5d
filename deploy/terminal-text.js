/** Text from elsewhere, made safe for a terminal. */

/** Enough for any message of AWS, and less than a screen. */
const longestText = 1_000;

/**
 * Escapes control, format and bidirectional characters, which could move the cursor, recolor the screen
 * or reorder the line, and cuts what is too long. Line breaks and tabs become spaces.
 *
 * @param {unknown} text
 */
export function toTerminalText(text) {
  const line = String(text)
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escapeCharacter);
  return line.length > longestText ? `${line.slice(0, longestText)}…` : line;
}

function escapeCharacter(character) {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
