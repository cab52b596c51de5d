import { describe, expect, it } from 'vitest';
import { checkProse } from '../../tools/prose/check-prose.ts';
import { ALLOWED, PHRASES } from '../../tools/prose/config.ts';

const find = (text: string) => checkProse('a.ts', text).messages;
const quote = (text: string) => find(text).map(({ reason }) => /^"(.*?)" is not/.exec(reason)?.[1]);

describe('checkProse', () => {
  it.each(Object.entries(PHRASES))('reports "%s" and says: %s', (phrase, advice) => {
    const [message, ...more] = find(`A text that ${phrase.replace('*', 'word')} ends with.`);
    expect(message?.reason).toContain(advice);
    expect(more).toEqual([]);
  });

  it.each([
    ['a docstring', '/** Returns it to nobody. */', 'nobody'],
    ['a comment', 'run(); // for nobody', 'nobody'],
    ['a string', "throw new Error('Nobody is here.');", 'Nobody'],
    ['a template string', 'const text = `for $' + '{name} or nobody`;', 'nobody'],
    ['a string after an escaped line break', "print('Done.\\nNobody is here.');", 'Nobody'],
    ['a test name', "it('is nobody’s', () => {});", 'nobody’s'],
    ['Markdown', '> **Nobody** is here.', 'Nobody'],
    ['YAML', 'key: value # for nobody', 'nobody'],
    ['HTML', '<p>Nobody</p>', 'Nobody'],
    ['quotation marks', 'a "nobody" is here', 'nobody'],
    ['parentheses', 'it is here (nobody knows)', 'nobody'],
    ['capitals', 'NOBODY IS HERE', 'NOBODY'],
  ])('reports a word in %s', (_where, text, found) => {
    expect(quote(text)).toEqual([found]);
  });

  it.each([
    ['a docstring', '/**\n * This is\n * told.\n */'],
    ['an indented docstring', '  /**\n   * This is\n   * told.\n   */'],
    ['line comments', '// This is\n// told.'],
    ['Markdown', 'This is\ntold.'],
    ['a quotation', '> This is\n> told.'],
    ['YAML', '# This is\n# told.'],
  ])('reports a phrase that wraps in %s', (_where, text) => {
    expect(quote(text)).toEqual(['is told']);
  });

  it('reports line and column', () => {
    expect(find('/**\n * For nobody.\n */')).toMatchObject([{ line: 2, column: 8, fatal: true }]);
  });

  it.each(['It is not an object.', 'a nobodyElse b', 'everybody', 'by its elf', 'fore ver'])(
    'reports nothing in: %s',
    (text) => {
      expect(quote(text)).toEqual([]);
    },
  );

  it.each(ALLOWED)('allows "$text". $reason', ({ text }) => {
    expect(quote(`Where ${text} thing, all is well.`)).toEqual([]);
    expect(quote(`Where ${text.replaceAll(' ', '\n * ')} thing, all is well.`)).toEqual([]);
  });

  it('reports a phrase beside an allowed one', () => {
    expect(quote('There is no room, and this is no room.')).toEqual(['is no room']);
  });
});
