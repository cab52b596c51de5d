/**
 * JavaScript's regular expressions as patterns that mean the same to every engine: `\S`, `\w` and
 * `\d` are Unicode's to some and ASCII's to others, and `\P{Cc}` some do not know at all, so they are
 * spelled out.
 */
const LAST_CODE_UNIT = 0xffff;

export function toPortablePattern(source: string): string {
  return source
    .replaceAll('\\d', '[0-9]')
    .replaceAll('\\P{Cc}', '[^\\x00-\\x1f\\x7f-\\x9f]')
    .replaceAll('\\S', `[^${spellOutWhiteSpace()}]`)
    .replace(/\[([^\]]*)\\w([^\]]*)\]/g, '[A-Za-z0-9_$1$2]');
}

/** All characters that are white space to JavaScript, as the inside of a class. */
function spellOutWhiteSpace(): string {
  const isSpace = (code: number) => /\s/.test(String.fromCharCode(code));
  let ranges = '';
  for (let first = 0; first <= LAST_CODE_UNIT; first += 1) {
    if (!isSpace(first)) continue;
    let last = first;
    while (isSpace(last + 1)) last += 1;
    const [from, to] = [String.fromCharCode(first), String.fromCharCode(last)];
    ranges += first === last ? from : `${from}-${to}`;
    first = last;
  }
  return ranges;
}
