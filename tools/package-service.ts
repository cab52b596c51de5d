/**
 * `serverless package` on a copy of the project in a separate folder, outside the repo: several
 * can run side by side, and nothing in the repo is touched.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';

const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const parts = [
  ...['handlers', 'lib', 'deploy', 'docs', 'local', 'stages', 'stand-ins'],
  ...['serverless.yml', 'package.json', 'package-lock.json'],
];

/** A CloudFormation template, as far as anything here looks into it. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template's shape is CloudFormation's, not ours
  readonly Properties: Record<string, any>;
  readonly DependsOn?: string | readonly string[];
}

/** A copy of the project, in which the serverless command can be run. */
export interface ServiceCopy {
  readonly folder: string;
  remove(): Promise<void>;
}

export interface Outcome {
  readonly exitCode: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Copies what belongs to the deployment; `node_modules` is linked. */
export async function copyService(): Promise<ServiceCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-'));
  for (const part of parts)
    await cp(join(projectFolder, part), join(folder, part), { recursive: true });
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(temporaryFolderOf(folder));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Leaves bundling out of a copy, for the many times faster packaging of a template alone. */
export async function skipBundling({ folder }: ServiceCopy): Promise<void> {
  const file = join(folder, 'serverless.yml');
  const text = (await readFile(file, 'utf8'))
    .replace('individually: true', 'artifact: empty.zip')
    .replace('  - serverless-esbuild\n', '');
  await Promise.all([writeFile(file, text), writeFile(join(folder, 'empty.zip'), zipSync({}))]);
}

/** The temporary folder of commands that run in a copy; a test expects it to be empty after them. */
export function temporaryFolderOf(folder: string): string {
  return join(folder, 'tmp');
}

/** Runs the serverless command; `environment` is all it gets beside what any Node needs. */
export function runServerless({
  folder,
  args,
  params = {},
  environment = {},
}: {
  readonly folder: string;
  readonly args: readonly string[];
  readonly params?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Outcome> {
  const serverless = createRequire(import.meta.url).resolve('opentok-sessions-cli/serverless.js');
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const { PATH = '', HOME = folder, NODE_COMPILE_CACHE = '' } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [serverless, ...args, ...given],
      {
        cwd: folder,
        env: { PATH, HOME, NODE_COMPILE_CACHE, TMPDIR: temporaryFolderOf(folder), ...environment },
      },
      (error, stdout, stderr) =>
        resolve({ exitCode: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

/**
 * Packages the service with some parameters, and options of the command.
 *
 * @returns the folder that holds the zips, and the template
 * @throws Error with all that the command printed, when it fails
 */
export async function packageService(
  { folder }: ServiceCopy,
  params: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Promise<{ readonly zipFolder: string; readonly template: Template }> {
  const { exitCode, output } = await runServerless({
    folder,
    args: ['package', ...options],
    params,
  });
  if (exitCode !== 0) throw new Error(`serverless package failed:\n${output}`);
  const zipFolder = join(folder, '.serverless');
  const file = join(zipFolder, 'cloudformation-template-update-stack.json');
  return { zipFolder, template: JSON.parse(await readFile(file, 'utf8')) };
}
