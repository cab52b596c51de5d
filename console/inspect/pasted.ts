/** White space and what nobody sees. */
const SPACE = /[\s\u200b-\u200d\u2060]+/g;

/**
 * What comes along when a token is copied: quotes, its header's name and `Bearer`, and the line breaks of a
 * mail or a terminal. No token has white space in it.
 */
export function cleanPasted(text: string): string {
  return text
    .replace(SPACE, ' ')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/^(?:authorization: )?bearer /i, '')
    .replaceAll(' ', '')
    .replace(/^(["'])(.*)\1$/, '$2');
}
