/**
 * Part of `npm run lint`: imports between folders point one way (docs/architecture.md, "The floors").
 * They are told by where they lead, not by how they are written: `./../`, types alone, `import()` and
 * re-exports count like any other.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';

/** From the top down. Whoever stands higher, or beside, may import. */
const FLOORS = [
  ['handlers'],
  ['lib/wiring'],
  ['lib/events'],
  ['lib/use-cases'],
  ['lib/secrets', 'lib/platform', 'lib/rooms', 'lib/results'],
  ['lib/network'],
  ['lib/domain'],
];

/** Around the floors: what each folder may import besides itself. What is tested imports no test. */
const AROUND: Readonly<Record<string, readonly string[]>> = {
  client: [],
  console: ['client', 'lib/domain'],
  deploy: ['lib', 'local', 'stand-ins'],
  local: ['deploy', 'docs', 'lib', 'stand-ins'],
  'stand-ins': ['lib'],
  tools: ['deploy', 'docs', 'lib', 'local', 'stand-ins', 'test', 'package.json'],
};

/** What ships of the files outside the floors, and with whom. */
const SHIPPED: Readonly<Record<string, string>> = {
  'package.json': 'lib/wiring',
  'docs/openapi.json': 'handlers',
};

/** What follows `from`, `import` or `require`, if it is a path; also where types alone are imported. */
const IMPORTED = /\b(?:from|import|require)\s*(?:\(\s*)?(?:\/\*.*?\*\/\s*)?(['"`])(\.[^'"`]*)\1/gs;

/**
 * @param files by path below the project's folder, with `/`
 * @returns a sentence for each import that leads where it must not
 */
export function findWrongImports(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, text]) => {
    if (isIn('lib', file) && findFloor(file) < 0) return [`${file} stands on none of the floors`];
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
    return by === undefined ? findFloor(target) >= floor : isIn(by, file);
  }
  const [folder = ''] = file.split('/');
  const others = AROUND[folder];
  return others === undefined || [folder, ...others].some((other) => isIn(other, target));
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
  const sources = names.filter((name) => /\.[cm]?[jt]s$/.test(name) && !/node_modules/.test(name));
  return new Map(sources.map((name) => [name, readFileSync(name, 'utf8')]));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const wrong = findWrongImports(readSources());
  for (const sentence of wrong) console.error(sentence);
  if (wrong.length > 0) process.exitCode = 1;
}
