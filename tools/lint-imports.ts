/**
 * Part of `npm run lint`: checks that imports between folders point one way (docs/architecture.md, "The floors").
 * An import is judged by the file it resolves to, however it is written: `./../`, type-only imports,
 * `import()` and re-exports all count.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';

/** From the top down. A folder may import those below it and those beside it. */
const FLOORS = [
  ['handlers'],
  ['lib/wiring'],
  ['lib/events', 'lib/rooms/routes', 'lib/live/routes'],
  ['lib/use-cases', 'lib/rooms/use-cases', 'lib/live/use-cases'],
  [
    'lib/credentials',
    'lib/platform',
    'lib/results',
    'lib/table',
    'lib/rooms/table',
    'lib/live/table',
  ],
  ['lib/network'],
  [
    'lib/domain',
    'lib/rooms/domain',
    'lib/rooms/faults.ts',
    'lib/live/domain',
    'lib/live/faults.ts',
  ],
];

/** A large feature: imports the floors. Only its own files and the folders listed here import it. */
const WINGS = ['lib/rooms', 'lib/live'];
const MAY_IMPORT_WINGS = ['handlers', 'lib/wiring'];

/** Around the floors: what each folder may import besides itself. Only tests and tools import tests. */
const AROUND: Readonly<Record<string, readonly string[]>> = {
  client: [],
  console: ['client', 'lib/domain'],
  deploy: ['lib', 'local', 'stand-ins'],
  // To be copied: they import packages and their own files.
  examples: [],
  local: ['deploy', 'docs', 'lib', 'stand-ins'],
  'stand-ins': ['lib'],
  tools: ['deploy', 'docs', 'lib', 'local', 'stand-ins', 'test', 'package.json'],
};

/** Files outside the floors that ship, and the folder that bundles each. */
const SHIPPED: Readonly<Record<string, string>> = {
  'package.json': 'lib/wiring',
  'docs/openapi.json': 'handlers',
};

/** The path after `from`, `import` or `require`, also in type-only imports. */
const IMPORTED = /\b(?:from|import|require)\s*(?:\(\s*)?(?:\/\*.*?\*\/\s*)?(['"`])(\.[^'"`]*)\1/gs;

/**
 * Returns one sentence for each import that is not allowed.
 *
 * @param files source text by path, relative to the project's folder, with `/`
 */
export function findWrongImports(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, text]) => {
    if (isIn('lib', file) && findFloor(file) < 0)
      return [`${file} is not in a folder of FLOORS (tools/lint-imports.ts)`];
    return [...text.matchAll(IMPORTED)]
      .map(([, , specifier = '']) => normalize(join(dirname(file), specifier)))
      .filter((target) => !mayImport(file, target))
      .map((target) => `${file} must not import ${target}`);
  });
}

function mayImport(file: string, target: string): boolean {
  const floor = findFloor(file);
  if (floor >= 0) {
    const by = SHIPPED[target];
    if (by !== undefined) return isIn(by, file);
    return findFloor(target) >= floor && mayEnterWing(file, target);
  }
  const [folder = ''] = file.split('/');
  const others = AROUND[folder];
  return others === undefined || [folder, ...others].some((other) => isIn(other, target));
}

function mayEnterWing(file: string, target: string): boolean {
  const wing = WINGS.find((folder) => isIn(folder, target));
  if (wing === undefined) return true;
  return [wing, ...MAY_IMPORT_WINGS].some((folder) => isIn(folder, file));
}

function findFloor(path: string): number {
  return FLOORS.findIndex((folders) => folders.some((folder) => isIn(folder, path)));
}

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function readSources(): Map<string, string> {
  const folders = ['handlers', 'lib', ...Object.keys(AROUND)];
  const names = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name).replaceAll('\\', '/'),
    ),
  );
  const sources = names.filter(
    (name) => /\.[cm]?[jt]sx?$/.test(name) && !/node_modules|\/dist\//.test(name),
  );
  return new Map(sources.map((name) => [name, readFileSync(name, 'utf8')]));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const wrong = findWrongImports(readSources());
  for (const sentence of wrong) console.error(sentence);
  if (wrong.length > 0) process.exitCode = 1;
}
