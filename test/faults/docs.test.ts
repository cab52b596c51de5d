/** Compares the tables of docs/faults.md with the tests. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CaseGroup, caseGroups } from './all-cases.ts';
import type { FaultCase, Logged, Seen } from './fault-case.ts';

const docsFile = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));
const TABLE = /<!-- table: (.+?) -->\n(?:\n?(?:\|.*\n)+)?/g;
const HEAD = '| Injected | Response | Log | Test |\n|---|---|---|---|\n';

function toTable({ title, file, cases }: CaseGroup): string {
  const rows = cases.map((fault) => {
    const cells = [
      fault.injected,
      showSeen(fault),
      showLog(fault),
      `\`${file}\`: "${title} > ${fault.injected}"`,
    ];
    return `| ${cells.join(' | ')} |\n`;
  });
  return `<!-- table: ${title} -->\n\n${HEAD}${rows.join('')}`;
}

function showSeen({ seen }: FaultCase): string {
  return [
    `${seen.status}${seen.type === undefined ? '' : ` \`${seen.type}\``}`,
    ...(seen.retryAfterSeconds === undefined ? [] : [`\`Retry-After: ${seen.retryAfterSeconds}\``]),
    ...showDetail(seen),
  ].join(', ');
}

function showDetail({ detail }: Seen): string[] {
  return detail === undefined ? [] : [`"${detail}"`];
}

function showLog({ logged = [{ level: 'info' }] }: FaultCase): string {
  return logged.map(showLine).join('<br>');
}

function showLine({ level, fault, reason }: Logged): string {
  if (fault === undefined) return level;
  return `${level} \`${fault}\`${reason === undefined ? '' : `: "${reason}"`}`;
}

describe('docs/faults.md', () => {
  it('has a row for every tested fault', async () => {
    const docs = await readFile(docsFile, 'utf8');
    const rendered = docs.replace(TABLE, (_table, title: string) => {
      const group = caseGroups.find((one) => one.title === title);
      return group ? toTable(group) : `(no test has the title "${title}")\n`;
    });
    await expect(rendered).toMatchFileSnapshot(docsFile);
  });

  it('has one table per group of faults', async () => {
    const docs = await readFile(docsFile, 'utf8');
    const titles = [...docs.matchAll(TABLE)].map(([, title]) => title);
    expect(titles).toEqual(caseGroups.map(({ title }) => title));
  });

  it.each(caseGroups)('finds "$title" in $file', async ({ title, file }) => {
    const source = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(source).toContain(`describe('${title}', () => testFaults(`);
  });

  it('has unique names within a group', () => {
    for (const { cases } of caseGroups) {
      const names = cases.map(({ injected }) => injected);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
