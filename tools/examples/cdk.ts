/** Runs examples/cdk in a copy, so that nothing but its packages is written to the repository. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'examples/cdk');
const run = promisify(execFile);

/**
 * Installs the CDK if the lock file is newer, checks the types, and copies the app to a folder that does not exist yet.
 *
 * @param zips by function
 * @returns the folder
 */
export async function prepareCdk(
  folder: string,
  zips: Readonly<Record<string, Uint8Array>>,
): Promise<string> {
  const timeOf = (file: string) =>
    statSync(join(source, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (timeOf('node_modules/.package-lock.json') < timeOf('package-lock.json'))
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: source });
  await run(process.execPath, [join(root, 'node_modules/.bin/tsc'), '-p', source, '--noEmit']);
  await cp(source, folder, {
    recursive: true,
    filter: (path) => !/\/(?:node_modules|cdk\.out)$|\.zip$/.test(path),
  });
  await symlink(join(source, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, zip] of Object.entries(zips)) await writeFile(join(folder, `${name}.zip`), zip);
  return folder;
}

/**
 * `cdk synth`.
 *
 * @param context options such as `-c secretArn=…`
 * @param output where the CDK writes templates and assets
 * @returns the path of the template
 */
export async function synthesize(
  folder: string,
  context: readonly string[],
  output: string,
): Promise<string> {
  const command = join(folder, 'node_modules/aws-cdk/bin/cdk');
  await run(process.execPath, [command, 'synth', '--quiet', '--output', output, ...context], {
    cwd: folder,
  });
  return join(output, 'OpenTokSessions.template.json');
}
