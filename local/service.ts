/** Reads the functions that have HTTP routes or a schedule from serverless.yml, with every variable in it resolved. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheByInputs } from './input-cache.ts';
import type { Route } from './routes.ts';
import { StartError } from './start-options.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** One function with routes or a schedule. */
export interface ServiceFunction {
  readonly name: string;
  /** Its entry point, relative to the project's folder. */
  readonly entryPoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly routes: readonly Route[];
  /** Whether it runs at the beginning of each minute. */
  readonly isScheduled: boolean;
}

export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
/** A URL, because Windows paths are not specifiers of modules. */
export const withoutBundler = new URL('without-bundler.js', import.meta.url).href;

/** Everything that decides what the serverless command prints, except parameters and environment. */
const INPUTS = [
  'serverless.yml',
  'deploy',
  'stages',
  'package.json',
  'package-lock.json',
  'local/service.ts',
  'local/without-bundler.js',
];

/** The part of the command's output that is read. */
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
    readonly schedule?: object;
  }[];
}
type PrintedEnvironment = Readonly<Record<string, unknown>>;

export interface ReadOptions {
  /** The command's whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Returns what `readService` returns, from a cache if no input has changed since it was stored.
 *
 * @throws StartError as `readService` does
 */
export function readCachedService(
  params: Readonly<Record<string, string>>,
  options: ReadOptions,
): Promise<readonly ServiceFunction[]> {
  // Other variables do not reach the output: the configuration reads AWS_ variables alone, which are
  // removed for the region (withoutAccounts in start.ts).
  const variables = Object.entries(options.environment).filter(([name]) =>
    /^(?:SLS|SERVERLESS|AWS)_/i.test(name),
  );
  return cacheByInputs(
    join(projectFolder, 'node_modules', '.cache', 'opentok-sessions-service'),
    { folder: projectFolder, paths: INPUTS, values: [process.version, params, variables.sort()] },
    () => readService(params, options),
  );
}

/**
 * @param params Parameters of serverless.yml.
 * @throws StartError with the output of the serverless command if it fails
 */
export async function readService(
  params: Readonly<Record<string, string>>,
  options: ReadOptions,
): Promise<readonly ServiceFunction[]> {
  const home = await findHome();
  try {
    return toFunctions(JSON.parse(await print(params, { ...options, home: home.folder })));
  } finally {
    await home.release();
  }
}

interface Home {
  readonly folder: string;
  release(): Promise<void>;
}

/**
 * Returns a home folder for the serverless command, which keeps a cache there. If the user's home folder
 * is missing or not writable the command never ends, and its configuration files would change the result.
 */
async function findHome(): Promise<Home> {
  const cache = join(projectFolder, 'node_modules', '.cache', 'serverless-home');
  try {
    await mkdir(cache, { recursive: true });
    await access(cache, constants.W_OK);
    return { folder: cache, release: async () => undefined };
  } catch {
    const folder = await makeTemporaryFolder('opentok-sessions-home-');
    return { folder, release: () => rm(folder, { recursive: true, force: true }) };
  }
}

/** Returns what `serverless print` writes. */
async function print(
  params: Readonly<Record<string, string>>,
  {
    environment,
    signal,
    home,
  }: {
    readonly environment: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly home: string;
  },
): Promise<string> {
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const homes = { HOME: home, USERPROFILE: home, XDG_CACHE_HOME: home, LOCALAPPDATA: home };
  const printing = promisify(execFile)(
    process.execPath,
    ['--import', withoutBundler, serverless, 'print', '--format', 'json', ...given],
    {
      cwd: projectFolder,
      env: { ...environment, ...homes },
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  // SIGKILL, because on SIGTERM the command would first finish its work; it leaves nothing to clean up.
  const kill = () => printing.child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  try {
    return (await printing).stdout;
  } catch (cause) {
    const { stdout, stderr } = cause as { readonly stdout: string; readonly stderr: string };
    throw new StartError(`serverless.yml cannot be read:\n${stdout}${stderr}`);
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function toFunctions({ provider, functions }: Printed): readonly ServiceFunction[] {
  return Object.entries(functions)
    .map(([name, printed]) => ({
      name,
      entryPoint: printed.handler.replace(/\.[^./]+$/, '.ts'),
      environment: nameResources({ ...provider.environment, ...printed.environment }),
      timeoutMs: (printed.timeout ?? provider.timeout) * 1000,
      routes: (printed.events ?? []).flatMap(({ httpApi }) =>
        httpApi ? [{ functionName: name, method: httpApi.method, path: httpApi.path }] : [],
      ),
      isScheduled: (printed.events ?? []).some(({ schedule }) => schedule !== undefined),
    }))
    .filter(({ routes, isScheduled }) => routes.length > 0 || isScheduled);
}

/**
 * Resolves references to resources without a deployment: a resource's logical id is its name here.
 * Omits values that CloudFormation computes, which are AWS's endpoints: the functions call stand-ins.
 */
function nameResources(environment: PrintedEnvironment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment)
      .filter(([, value]) => !Object.hasOwn(Object(value), 'Fn::Sub'))
      .map(([name, value]) => [name, String((value as { Ref?: string }).Ref ?? value)]),
  );
}
