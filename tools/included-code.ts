/**
 * `npm run docs:code`: writes the code of the examples into the pages that show it, so that it is tested code. A
 * test fails while the two differ. A page marks the place in front of a block of code, with a file or a region of
 * it, which the file marks with `// #region name` and `// #endregion`:
 *
 *     <!-- code: examples/web/src/tokens.ts#user -->
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const INCLUSION = /(<!-- code: ([^\s#]+)(?:#([\w-]+))? -->\n```\w+\n)[\s\S]*?(?=^```$)/gm;
const MARKER = /^ *\/\/ #(?:region|endregion)\b.*\n/gm;

/**
 * Returns the page with the current code.
 *
 * @param read returns the text of a file, by its path from the project's folder
 * @throws Error if a region does not exist
 */
export function includeCode(page: string, read: (path: string) => string): string {
  return page.replace(INCLUSION, (_, head: string, path: string, region?: string) => {
    const text = read(path);
    return (
      head + (region === undefined ? text.replace(MARKER, '') : findRegion(text, path, region))
    );
  });
}

function findRegion(text: string, path: string, region: string): string {
  const pattern = new RegExp(`^ *// #region ${region}\\n([\\s\\S]*?)^ *// #endregion$`, 'm');
  const code = pattern.exec(text)?.[1];
  if (code === undefined) throw new Error(`${path} has no region ${region}.`);
  const indents = [...code.matchAll(/^ *(?=\S)/gm)].map(([spaces]) => spaces.length);
  return code.replaceAll(new RegExp(`^ {${Math.min(...indents)}}`, 'gm'), '');
}

export const projectFolder = new URL('..', import.meta.url);
export const readProjectFile = (path: string): string =>
  readFileSync(new URL(path, projectFolder), 'utf8');

/** Paths of the pages that can show code. */
export const listPages = (): readonly string[] =>
  readdirSync(fileURLToPath(new URL('docs', projectFolder)))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const path of listPages()) {
    const page = readProjectFile(path);
    const current = includeCode(page, readProjectFile);
    if (current !== page) writeFileSync(new URL(path, projectFolder), current);
  }
}
