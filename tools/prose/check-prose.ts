/** Finds phrases that the house style does not use, in prose and in source code of any language. */
import { search } from 'nlcst-search';
import retextEnglish from 'retext-english';
import { unified } from 'unified';
import { VFile } from 'vfile';
import { ALLOWED, PHRASES } from './config.ts';

/** What starts a line of a comment, a quotation or a list. */
const LINE_START = /^[ \t]*(?:\/?\*+\/?|\/{2,3}|#+|>+|<!--|-)(?=\s)/gm;
const ESCAPED_WHITE_SPACE = /\\[nrt]/g;

const english = unified().use(retextEnglish);
const allowed = ALLOWED.map(
  ({ text }) => new RegExp(`\\b${text.split(' ').map(escapeForPattern).join('\\s+')}\\b`, 'gi'),
);

/**
 * Returns the file with a message for each phrase.
 *
 * Code is read as text: a phrase is as unwelcome in a name or a test title as in a comment, and no
 * parser is needed for any language.
 */
export function checkProse(path: string, text: string): VFile {
  const file = new VFile({ path, value: text });
  // Blanks keep every offset, and a phrase that wraps is found across the start of a line.
  const prose = text.replace(LINE_START, toBlanks).replace(ESCAPED_WHITE_SPACE, toBlanks);
  const exempt = allowed.flatMap((pattern) =>
    [...prose.matchAll(pattern)].map(({ 0: match, index }) => [index, index + match.length]),
  );
  const isExempt = (start: number, end: number): boolean =>
    exempt.some(([from = 0, to = 0]) => from <= start && start < to && end > from);

  search(
    english.parse(prose),
    Object.keys(PHRASES),
    (nodes, _index, _parent, phrase) => {
      const start = nodes[0]?.position?.start;
      const end = nodes.at(-1)?.position?.end;
      if (!start || !end || isExempt(start.offset ?? 0, end.offset ?? 0)) return;
      const found = prose.slice(start.offset, end.offset).replace(/\s+/g, ' ');
      const reason = `"${found}" is not house style. ${PHRASES[phrase]}`;
      file.message(reason, { place: { start, end } }).fatal = true;
    },
    { allowLiterals: true },
  );
  return file;
}

function toBlanks(text: string): string {
  return ' '.repeat(text.length);
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
