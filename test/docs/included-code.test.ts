/** Code in the docs is the code of the examples. */
import { describe, expect, it } from 'vitest';
import { includeCode, listPages, readProjectFile } from '../../tools/included-code.ts';

describe('includeCode', () => {
  const file =
    'import a;\n\n  // #region one\n  if (b) {\n    c();\n\n    d();\n  }\n  // #endregion\n';
  const page = (target: string, code: string) =>
    `Text.\n\n<!-- code: ${target} -->\n\`\`\`ts\n${code}\`\`\`\n\n\`\`\`ts\nother();\n\`\`\`\n`;

  it.each([
    ['a region, without its indentation', 'a.ts#one', 'if (b) {\n  c();\n\n  d();\n}\n'],
    ['a file, without the marks', 'a.ts', 'import a;\n\n  if (b) {\n    c();\n\n    d();\n  }\n'],
  ])('writes %s in place of the old code', (_, target, code) => {
    for (const old of ['', 'old();\n', '`a`;\n', code]) {
      expect(includeCode(page(target, old), () => file)).toBe(page(target, code));
    }
  });

  it('rejects a region that does not exist', () => {
    expect(() => includeCode(page('a.ts#on', ''), () => file)).toThrow('a.ts has no region on.');
  });
});

describe('the code in the docs', () => {
  it.each(listPages())('is current in %s: run `npm run docs:code`', (path) => {
    const page = readProjectFile(path);
    expect(page).toBe(includeCode(page, readProjectFile));
  });

  it('is included in docs/client.md', () => {
    expect(readProjectFile('docs/client.md')).toContain('<!-- code: examples/web/src/call.ts');
  });
});
