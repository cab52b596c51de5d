/**
 * What serverless.yml says of the functions that have HTTP routes, with every variable in it resolved.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Route } from './routes.ts';
import { StartError } from './start-options.ts';

/** One function with routes. */
export interface ServiceFunction {
  readonly name: string;
  /** Its entry point, from the folder of the project. */
  readonly entryPoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly routes: readonly Route[];
}

export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
/** As far as it is read. */
interface Printed {
  readonly provider: { readonly timeout: number; readonly environment?: PrintedEnvironment };
  readonly functions: Readonly<Record<string, PrintedFunction>>;
}
interface PrintedFunction {
  readonly handler: string;
  readonly timeout?: number;
  readonly environment?: PrintedEnvironment;
  readonly events?: readonly {
    readonly httpApi?: { readonly method: string; readonly path: string };
  }[];
}
type PrintedEnvironment = Readonly<Record<string, unknown>>;

/**
 * @param params Parameters of serverless.yml. @param options.environment All that the command gets.
 * @throws StartError with all that the serverless command printed when it fails
 */
export async function readService(
  params: Readonly<Record<string, string>>,
  options: { readonly environment: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<readonly ServiceFunction[]> {
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const printing = promisify(execFile)(
    process.execPath,
    [serverless, 'print', '--format', 'json', ...given],
    { cwd: projectFolder, env: options.environment, maxBuffer: 16 * 1024 * 1024 },
  );
  // Told to end it first goes on to the end of its work, and there is nothing for it to put away.
  const kill = () => printing.child.kill('SIGKILL');
  options.signal.addEventListener('abort', kill, { once: true });
  if (options.signal.aborted) kill();
  const { stdout } = await printing.catch(({ stdout, stderr }) => {
    throw new StartError(`serverless.yml cannot be read:\n${stdout}${stderr}`);
  });
  const { provider, functions }: Printed = JSON.parse(stdout);
  return Object.entries(functions)
    .map(([name, printed]) => ({
      name,
      entryPoint: printed.handler.replace(/\.[^./]+$/, '.ts'),
      environment: nameResources({ ...provider.environment, ...printed.environment }),
      timeoutMs: (printed.timeout ?? provider.timeout) * 1000,
      routes: (printed.events ?? []).flatMap(({ httpApi }) =>
        httpApi ? [{ functionName: name, method: httpApi.method, path: httpApi.path }] : [],
      ),
    }))
    .filter(({ routes }) => routes.length > 0);
}

/**
 * Nothing is deployed to look a resource's name up in: here its logical id is its name. What only
 * CloudFormation can fill in, AWS's endpoints, is left out: here the stand-ins are called.
 */
function nameResources(environment: PrintedEnvironment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment)
      .filter(([, value]) => !Object.hasOwn(Object(value), 'Fn::Sub'))
      .map(([name, value]) => [name, String((value as { Ref?: string }).Ref ?? value)]),
  );
}
