/** docs/openapi.json is up to date, complete and valid OpenAPI. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createConfig, lint } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { buildDocument, toText } from '../../tools/openapi/document.ts';
import { toProse } from '../../tools/openapi/prose.ts';
import type { AnyFaultName } from '../../tools/openapi/texts/faults.ts';
import { FAULT_NAMES } from '../../tools/openapi/texts/faults.ts';
import { exampleProblem } from '../../tools/openapi/texts/problem.ts';

const fileOf = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const file = fileOf('openapi.json');
const document = buildDocument();

describe('docs/openapi.json', () => {
  it('is up to date with the code', async () => {
    const text = await readFile(file, 'utf8');
    expect(text === toText(document), 'run: npm run openapi').toBe(true);
  });

  it('passes the recommended rules of Redocly', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lint({ ref: file, config });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it('has an example of every problem', () => {
    expect(Object.keys(document.components.examples).sort()).toEqual(FAULT_NAMES.toSorted());
    for (const [name, { value }] of Object.entries(document.components.examples)) {
      expect(value).toEqual(exampleProblem(name as AnyFaultName));
    }
  });

  it('has complete sentences as descriptions', () => {
    for (const [where, text] of descriptionsOf(document, '#')) {
      expect(text, where).toMatch(/^[A-Z`"].*[.)]$/s);
    }
  });

  it('has patterns that mean the same in the engines of other languages', () => {
    const patterns = [...JSON.stringify(document).matchAll(/"pattern":"((?:[^"\\]|\\.)*)"/g)];
    expect(patterns.length).toBeGreaterThan(9);
    for (const [, pattern = ''] of patterns) expect(pattern).not.toMatch(/\\\\[pPdDwWsSbBkiIcC]/);
  });

  it('describes every field and every operation', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      for (const [field, property] of Object.entries(Object(schema['properties']))) {
        expect(property, `${name}.${field}`).toHaveProperty('description');
      }
    }
  });
});

describe('docs/api.md', () => {
  it('is up to date with the document', async () => {
    const text = await readFile(fileOf('api.md'), 'utf8');
    expect(text === toProse(document), 'run: npm run openapi').toBe(true);
  });

  it('lists every status that a route returns', () => {
    const sections = new Map(
      toProse(document)
        .split(/^### /m)
        .map((section) => [section.split('\n', 1)[0], section]),
    );
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const section = sections.get(`${method.toUpperCase()} ${path}`) ?? '';
        const told = section.match(/(?<=^(?:Returns |Or |Or one of .*))\d{3}\b/gm) ?? [];
        expect(told.sort(), `${method} ${path}`).toEqual(Object.keys(Object(operation).responses));
      }
    }
  });

  it('shows `created` in agreement with the status', () => {
    const responses = Object(document.paths['/rooms/{name}'])['put'].responses;
    const created = (status: number) =>
      responses[status].content['application/json'].example.created;
    expect([200, 201].map(created)).toEqual([false, true]);
  });
});

describe('the README', () => {
  it.each(['openapi.json', 'api.md'])('links docs/%s', async (name) => {
    const readme = await readFile(fileOf('../README.md'), 'utf8');
    expect(readme).toContain(`](docs/${name})`);
  });
});

function descriptionsOf(value: unknown, where: string): [where: string, text: string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, string][] =>
    key === 'description' && typeof inner === 'string'
      ? [[where, inner]]
      : descriptionsOf(inner, `${where}/${key}`),
  );
}
