/**
 * The whole API on one machine: every function of serverless.yml that has routes, bundled as for
 * deployment and run as Lambda does, behind a gateway. All of it lives in this process.
 */
import { randomUUID } from 'node:crypto';
import { stop as stopEsbuild } from 'esbuild';
import { startLambdaFunction } from '../stand-ins/lambda-function.ts';
import { buildBundles } from './bundles.ts';
import { buildConsole, type ConsoleOptions } from './console.ts';
import { startGateway } from './gateway.ts';
import { judgeRequest } from './page-guard.ts';
import type { Route } from './routes.ts';
import { projectFolder, readService } from './service.ts';

/** How it is started. */
export interface ApiOptions {
  readonly host: string;
  readonly port: number;
  /** For the serverless command, which reads serverless.yml. */
  readonly commandEnvironment: Readonly<Record<string, string>>;
  /** For the functions, beside what serverless.yml gives them. */
  readonly functionEnvironment: Readonly<Record<string, string>>;
  /** Parameters of serverless.yml. */
  readonly params: Readonly<Record<string, string>>;
  /** What the page in front of the API is told. */
  readonly console: ConsoleOptions;
  /** Whether web pages of other origins are kept away (page-guard.ts). */
  readonly refusesPages: boolean;
  /** Gets each line that a function writes. */
  readonly onLog: (line: string) => void;
  /** Gets each thing that is to be ended, as soon as it is there. */
  readonly onOpen: (close: () => Promise<void>) => void;
  /** Gives up starting. */
  readonly signal: AbortSignal;
}

/** Starts it; it answers at the routes when this resolves. */
export async function startApi(options: ApiOptions): Promise<readonly Route[]> {
  const { host, port, commandEnvironment, functionEnvironment, params } = options;
  const { onLog, onOpen, signal } = options;
  const service = await readService(params, { environment: commandEnvironment, signal });
  const entryPoints = service.map(({ entryPoint }) => entryPoint);
  const [bundles, findPage] = await Promise.all([
    buildBundles(entryPoints, { sourceFolder: projectFolder }),
    buildConsole(options.console),
  ]);
  onOpen(bundles.remove);
  // Its process is not needed any more.
  await stopEsbuild();
  const functions = new Map(
    await Promise.all(
      service.map(async ({ name, entryPoint, environment, timeoutMs }) => {
        const running = await startLambdaFunction({
          file: bundles.fileOf(entryPoint),
          environment: { ...functionEnvironment, AWS_LAMBDA_FUNCTION_NAME: name, ...environment },
          onLog,
        });
        onOpen(running.close);
        return [name, { running, timeoutMs }] as const;
      }),
    ),
  );
  const routes = service.flatMap((one) => one.routes);
  const gateway = await startGateway({
    host,
    port,
    routes,
    judge: ({ method, headers }) =>
      options.refusesPages ? judgeRequest(method, headers) : undefined,
    invoke: async ({ functionName }, event) => {
      const called = functions.get(functionName);
      if (!called) throw new Error(`There is no function ${functionName}.`);
      const { running, timeoutMs } = called;
      try {
        return await running.invoke(event, { requestId: randomUUID(), timeoutMs });
      } catch (error) {
        onLog(`${functionName}: ${error}`);
        throw error;
      }
    },
    findPage,
    newRequestId: randomUUID,
    now: Date.now,
  });
  onOpen(gateway.close);
  return routes;
}
