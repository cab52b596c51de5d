/** What the pages point at is there: files, headings, scripts. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const pages = globSync(['*.md', '{docs,.github,test,client,examples}/**/*.md'], {
  cwd: root,
  exclude: (name) => name.endsWith('node_modules'),
});
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

const FENCED = /^```.*?^```/gms;
const LINK = /\]\(([^)\s]+)\)|\b(?:href|src|srcset)="([^"]+)"/g;

/** As GitHub names the headings of a page. */
function readAnchors(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of read(page)
    .replace(FENCED, '')
    .matchAll(/^#{1,6} (.+)$/gm)) {
    const words = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
    const anchor = words.trim().replace(/\s/g, '-');
    const before = [...anchors].filter((other) => other.replace(/-\d+$/, '') === anchor).length;
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

function findDeadLinks(page: string): string[] {
  const links = [...read(page).replace(FENCED, '').matchAll(LINK)]
    .map(([, inText, inTag]) => inText ?? inTag ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
  return links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !readAnchors(target).has(anchor);
  });
}

function readScripts(folder: string): object {
  const manifest = join(folder, 'package.json');
  return existsSync(join(root, manifest)) ? (JSON.parse(read(manifest)).scripts ?? {}) : {};
}

describe.each(pages)('%s', (page) => {
  it('links to files and headings that are there', () => {
    expect(findDeadLinks(page)).toEqual([]);
  });

  it('shows scripts that are there', () => {
    const shown = read(page).matchAll(/\bnpm run ([\w:-]+)(?: --workspace ([\w/]+))?/g);
    const missing = [...shown].filter(([, script = '', workspace]) => {
      // An example has its own scripts.
      const folders = workspace === undefined ? ['.', dirname(page)] : [workspace];
      return !folders.some((folder) => Object.hasOwn(readScripts(folder), script));
    });
    expect(missing.map(([command]) => command)).toEqual([]);
  });
});

describe('the pages', () => {
  it('are all looked at', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['README.md', 'docs/api.md', '.github/SECURITY.md', 'test/README.md']),
    );
  });
});
