/**
 * The whole API on one machine: every function of serverless.yml that has routes or a schedule, bundled as for
 * deployment and run as Lambda runs it, behind a gateway. Everything runs in this process.
 */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import { type LambdaFunction, startLambdaFunction } from '../stand-ins/lambda-function.ts';
import { type Bundles, buildBundles } from './bundles.ts';
import type { FindClients } from './clients.ts';
import { buildConsole, type ConsoleOptions, type FindPage } from './console.ts';
import { startGateway } from './gateway.ts';
import { judgeRequest } from './page-guard.ts';
import type { Route } from './routes.ts';
import { runEachMinute } from './schedule.ts';
import { projectFolder, readCachedService, type ServiceFunction } from './service.ts';

export interface ApiOptions {
  readonly host: string;
  readonly port: number;
  /** Environment of the serverless command, which reads serverless.yml. */
  readonly commandEnvironment: Readonly<Record<string, string>>;
  /** Parameters of serverless.yml. */
  readonly params: Readonly<Record<string, string>>;
  /** Values that the console's page shows. */
  readonly console: ConsoleOptions;
  /** Whether to reject requests of web pages of other origins (page-guard.ts). */
  readonly refusesPages: boolean;
  /** Receives each line that a function or the gateway writes. */
  readonly onLog: (line: string) => void;
  /** Receives a function to close each thing that was opened, as soon as it is open. */
  readonly onOpen: (close: () => Promise<void>) => void;
  /** Stops the start. */
  readonly signal: AbortSignal;
}

/** An API that needs only its functions' environment to start. */
export interface PreparedApi {
  /**
   * Resolves when all routes respond. Each function is loaded by then or shortly after.
   *
   * @param functionEnvironment Takes precedence over serverless.yml.
   * @param findClients Simulated clients, served besides the API. Default none.
   */
  start(
    functionEnvironment: Readonly<Record<string, string>>,
    findClients?: FindClients,
  ): Promise<readonly Route[]>;
}

/** Reads serverless.yml and builds the bundles and the console at the same time. */
export async function prepareApi(options: ApiOptions): Promise<PreparedApi> {
  const { commandEnvironment: environment, params, signal, onOpen } = options;
  const [service, bundles, findPage] = await Promise.all([
    readCachedService(params, { environment, signal }),
    buildAllBundles(onOpen),
    buildConsole(options.console),
  ]);
  // Its process has nothing left to do.
  await stopEsbuild();
  return {
    start: (functionEnvironment, findClients) =>
      startApi(options, { service, bundles, findPage, findClients, functionEnvironment }),
  };
}

/** Bundles every handler: which ones have routes is known only once serverless.yml is read. */
async function buildAllBundles(onOpen: ApiOptions['onOpen']): Promise<Bundles> {
  const names = await readdir(join(projectFolder, 'handlers'));
  const entryPoints = names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `handlers/${name}`);
  const bundles = await buildBundles(entryPoints, {
    sourceFolder: projectFolder,
    cacheFolder: join(projectFolder, 'node_modules', '.cache', 'opentok-sessions-bundles'),
  });
  onOpen(bundles.remove);
  return bundles;
}

interface Parts {
  readonly service: readonly ServiceFunction[];
  readonly bundles: Bundles;
  readonly findPage: FindPage;
  readonly findClients: FindClients | undefined;
  readonly functionEnvironment: Readonly<Record<string, string>>;
}

async function startApi(
  { host, port, refusesPages, onLog, onOpen }: ApiOptions,
  { service, bundles, findPage, findClients, functionEnvironment }: Parts,
): Promise<readonly Route[]> {
  const functions = new Map(
    service.map(({ name, entryPoint, environment, timeoutMs }) => {
      const load = async () => {
        // Lines of the initialization are the same at each start, and matter only if it fails.
        const initializing: string[] = [];
        let isLoaded = false;
        try {
          const running = await startLambdaFunction({
            file: bundles.fileOf(entryPoint),
            environment: { ...environment, AWS_LAMBDA_FUNCTION_NAME: name, ...functionEnvironment },
            onLog: (line) => void (isLoaded ? onLog(line) : initializing.push(line)),
          });
          isLoaded = true;
          onOpen(running.close);
          return running;
        } catch (error) {
          initializing.forEach(onLog);
          throw error;
        }
      };
      let loading: Promise<LambdaFunction> | undefined;
      return [name, { timeoutMs, load: () => (loading ??= load()) }] as const;
    }),
  );
  const routes = service.flatMap((one) => one.routes);
  const invoke = async (functionName: string, event: object) => {
    const called = functions.get(functionName);
    if (!called) throw new Error(`There is no function ${functionName}.`);
    try {
      const running = await called.load();
      return await running.invoke(event, { requestId: randomUUID(), timeoutMs: called.timeoutMs });
    } catch (error) {
      onLog(`${functionName}: ${error}`);
      throw error;
    }
  };
  const gateway = await startGateway({
    host,
    port,
    routes,
    judge: ({ method, headers }) => (refusesPages ? judgeRequest(method, headers) : undefined),
    invoke: ({ functionName }, event) => invoke(functionName, event),
    findPage,
    findClients,
    onNotice: (notice) => onLog(JSON.stringify(notice)),
    newRequestId: randomUUID,
    now: Date.now,
  });
  onOpen(gateway.close);
  for (const { name } of service.filter(({ isScheduled }) => isScheduled)) {
    onOpen(runEachMinute(() => invoke(name, {})));
  }
  // In the background: the first request waits for its own function only.
  setImmediate(async () => {
    for (const { load } of functions.values()) await load().catch(() => undefined);
  });
  return routes;
}
