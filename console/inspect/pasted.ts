/** White space and quotes around a token, and `Bearer` before it, come along when it is copied. */
export function cleanPasted(text: string): string {
  return text
    .trim()
    .replace(/^Bearer\s+/i, '')
    .replace(/^(["'])(.*)\1$/s, '$2');
}
