/**
 * `npm run lint:stack`: cfn-lint for every region and checkov on the compiled templates of both modes, with all
 * triggers off and on. Fails on every warning of cfn-lint, and on every finding of checkov that the table of
 * accepted findings in .github/SECURITY.md does not explain.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyService, packageService } from './package-service.ts';
import { findPython, MissingToolError } from './python.ts';
import { deployments } from './rehearsal/deployments.ts';

interface Finding {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
  readonly file_path: string;
}

/** The example of docs/pipeline.md. */
const deployRole = fileURLToPath(new URL('../docs/deploy-role.yml', import.meta.url));
const securityFile = new URL('../.github/SECURITY.md', import.meta.url);

try {
  process.exitCode = (await lintStack(await findPython())) ? 0 : 1;
} catch (cause) {
  if (!(cause instanceof MissingToolError)) throw cause;
  console.error(cause.message);
  process.exitCode = 1;
}

async function lintStack(python: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-lint-'));
  try {
    const templates = await Promise.all(
      Object.entries(deployments).map(([name, params]) => compile({ folder, name, params })),
    );
    const [isClean, areAccepted] = await Promise.all([
      runCfnLint(python, [...templates, deployRole]),
      runCheckov(python, templates),
    ]);
    return isClean && areAccepted;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the path of the template, which is named after its deployment. */
async function compile({
  folder,
  name,
  params,
}: {
  readonly folder: string;
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
}): Promise<string> {
  const service = await copyService();
  const { template } = await packageService(service, params).finally(service.remove);
  const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
  await writeFile(file, JSON.stringify(template, null, 2));
  return file;
}

async function runCfnLint(python: string, templates: readonly string[]): Promise<boolean> {
  const { exitCode, stdout, stderr } = await call(python, [
    join(dirname(python), 'cfn-lint'),
    // osls writes some DependsOn that a reference implies; they change nothing.
    ...['--ignore-checks', 'W3005'],
    // Regions differ in the types and properties that they have. All of them cost a second per template.
    ...['--regions', 'ALL_REGIONS', '--'],
    ...templates,
  ]);
  if (exitCode === 0)
    console.log(`cfn-lint: ${templates.length} templates, no warnings in any region`);
  else console.error(`cfn-lint:\n${stdout}${stderr}`);
  return exitCode === 0;
}

async function runCheckov(python: string, templates: readonly string[]): Promise<boolean> {
  const { stdout, stderr } = await call(python, [
    ...['-m', 'checkov.main', '--framework', 'cloudformation', '--output', 'json'],
    ...['--quiet', '--compact', '--skip-download', '--file', ...templates],
  ]);
  const findings = readFindings(stdout);
  if (!findings) {
    console.error(`checkov printed no report:\n${stdout}${stderr}`);
    return false;
  }
  const accepted = readAccepted(await readFile(securityFile, 'utf8'));
  const refused = findings.filter(({ check_id }) => !accepted.has(check_id));
  const found = new Set(findings.map(({ check_id }) => check_id));
  const outdated = [...accepted].filter((id) => !found.has(id));
  for (const { check_id, check_name, resource, file_path } of refused) {
    console.error(`checkov: ${check_id} ${resource} (${basename(file_path)}): ${check_name}`);
  }
  for (const id of outdated)
    console.error(`checkov: .github/SECURITY.md accepts ${id}, but no template has that finding`);
  if (refused.length + outdated.length > 0) return false;
  console.log(
    `checkov: ${templates.length} templates, nothing beyond the ${accepted.size} kinds of findings that .github/SECURITY.md explains`,
  );
  return true;
}

function readFindings(output: string): Finding[] | undefined {
  try {
    const { results } = JSON.parse(output);
    return results.failed_checks;
  } catch {
    return undefined;
  }
}

/** Reads the ids in the first column of the table. */
function readAccepted(markdown: string): Set<string> {
  return new Set([...markdown.matchAll(/^\| `?(CKV2?_\w+)`? \|/gm)].map(([, id = '']) => id));
}

function call(
  command: string,
  args: readonly string[],
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}
