/**
 * JavaScript's regular expressions as patterns that mean the same to every engine.
 *
 * `\S`, `\w` and `\d` are Unicode's to some engines and ASCII's to others, so they are spelled out.
 * JSON Schema counts code points where this API counts UTF-16 code units, and has no word for
 * well-formed Unicode, so a pattern says both.
 */
const LAST_OF_ONE_UNIT = 0xffff;
/** In ranges of single characters, which engines without Unicode's rules can read too. */
const BEYOND = '[^\u0000-\uffff]';

/** `source` without the shorthands that engines read differently. */
export function toPortablePattern(source: string): string {
  return source
    .replaceAll('\\d', '[0-9]')
    .replaceAll('\\S', `(?:${spellOut(/\S/)}|${BEYOND})`)
    .replace(/\[([^\]]*)\\w([^\]]*)\]/g, '[A-Za-z0-9_$1$2]');
}

export interface TextRule {
  /** Of one character; any by default. */
  readonly allowed?: RegExp;
  /** In UTF-16 code units. Default 0. */
  readonly minLength?: number;
  /** In UTF-16 code units. Default: no limit. */
  readonly maxLength?: number;
}

/**
 * A pattern for well-formed text. Of text with characters beyond U+FFFF it accepts half as many
 * characters as are allowed, since each of them may take two code units: a little less than the API
 * accepts, and never more.
 */
export function toTextPattern({ allowed = /[\s\S]/, minLength = 0, maxLength }: TextRule): string {
  const ofOneUnit = spellOut(allowed);
  const any = `(?:${ofOneUnit}|${BEYOND})`;
  if (maxLength === undefined) return `^${any}{${minLength},}$`;
  const half = Math.max(minLength, Math.floor(maxLength / 2));
  return `^(?:${ofOneUnit}{${minLength},${maxLength}}|${any}{${minLength},${half}})$`;
}

/** A class of the characters up to U+FFFF that match, surrogates left out. */
function spellOut(allowed: RegExp): string {
  const matches = new RegExp(`^${allowed.source}$`, 'u');
  let ranges = '';
  let start: number | undefined;
  for (let code = 0; code <= LAST_OF_ONE_UNIT + 1; code += 1) {
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    const isIn =
      code <= LAST_OF_ONE_UNIT && !isSurrogate && matches.test(String.fromCharCode(code));
    if (isIn) start ??= code;
    else if (start !== undefined) {
      ranges += toRange(start, code - 1);
      start = undefined;
    }
  }
  return `[${ranges}]`;
}

function toRange(first: number, last: number): string {
  const from = toClassCharacter(first);
  return first === last ? from : `${from}-${toClassCharacter(last)}`;
}

function toClassCharacter(code: number): string {
  const character = String.fromCharCode(code);
  return /[\\\]^-]/.test(character) ? `\\${character}` : character;
}
