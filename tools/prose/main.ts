/**
 * `npm run lint:prose`: checks the files of CHECKED (config.ts), or those given as arguments.
 *
 *     node tools/prose/main.ts [file or folder …]
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { reporter } from 'vfile-reporter';
import { checkProse } from './check-prose.ts';
import { CHECKED, SKIPPED } from './config.ts';

const TEXT = /(?:\.(?:[cm]?[jt]s|json|md|ya?ml|html|css|py|txt)|\.ci\/run)$/;
const IGNORED =
  /^release$|(?:^|\/)(?:node_modules|\.git|\.serverless|\.esbuild|\.stryker-tmp|\.terraform|cdk\.out|client\/dist)$/;

const paths = process.argv.length > 2 ? process.argv.slice(2) : CHECKED;
const files = [...new Set(paths.flatMap(listFiles))].filter(
  (path) => TEXT.test(path) && !SKIPPED.includes(path),
);
const checked = files.map((path) => checkProse(path, readFileSync(path, 'utf8')));
const problems = checked.filter(({ messages }) => messages.length > 0);
if (problems.length > 0) {
  console.error(reporter(problems));
  process.exitCode = 1;
}

/** Returns the files in a folder and below it, or the file; with `/`. */
function listFiles(path: string): string[] {
  const name = normalize(path).replaceAll('\\', '/').replace(/\/$/, '');
  if (IGNORED.test(name)) return [];
  if (!statSync(name).isDirectory()) return [name];
  return readdirSync(name).flatMap((entry) => listFiles(join(name, entry)));
}
