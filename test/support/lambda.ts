/**
 * Runs a function as Lambda does: its unpacked bundle, any number concurrently, each with separate
 * stand-ins.
 */
import { inject } from 'vitest';
import { madeUpProject } from '../../local/start-options.ts';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import { type EventBridge, startEventBridge } from '../../stand-ins/event-bridge.ts';
import { LambdaError, startLambdaFunction } from '../../stand-ins/lambda-function.ts';
import { type Platform, type Project, startPlatform } from '../../stand-ins/platform.ts';
import { type SecretsManager, startSecretsManager } from '../../stand-ins/secrets-manager.ts';
import { assertDocumented, assertResultDocumented } from './documented.ts';
import { REQUEST_ID, SECRET_ID } from './drive.ts';

export { LambdaError };

/** As deployed. */
const TIMEOUT_MS = 10_000;

export type FunctionName =
  | 'createSession'
  | 'inspectToken'
  | 'issueToken'
  | 'joinRoom'
  | 'joinAsGuest'
  | 'manageRoom'
  | 'openRoom'
  | 'receiveCallback'
  | 'closeRooms';

export interface LambdaOptions {
  /** Default: the project of `npm start`, which the event files use. */
  readonly project?: Project;
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs before the function is loaded and reads the secret. */
  readonly prepare?: (standIns: StandIns) => void;
  /** Default: the unpacked entry point of the function. */
  readonly handlerFile?: string;
}

export interface StandIns {
  readonly platform: Platform;
  readonly secretsManager: SecretsManager;
  readonly eventBridge: EventBridge;
}

export interface Lambda extends StandIns {
  /** Every log line since the function was loaded. */
  readonly logged: readonly string[];
  /**
   * Resolves to the function's response, or throws an error with the name of the function's error.
   * Fails if the function exceeds its deadline.
   * @param timeoutMs initial `getRemainingTimeInMillis`; default: the deployed function's timeout
   */
  invoke(event: unknown, timeoutMs?: number): Promise<Record<string, unknown>>;
  /** Invokes with a JSON text, for events that JavaScript objects cannot express. */
  invokeJson(payload: string, timeoutMs?: number): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Loads a function; the caller closes it. */
export async function startLambda(
  name: FunctionName,
  {
    project = madeUpProject,
    environment = {},
    prepare = () => {},
    handlerFile = packagedFile(name),
  }: LambdaOptions = {},
): Promise<Lambda> {
  const [platform, secretsManager, eventBridge] = await Promise.all([
    startPlatform({ projects: [project] }),
    startSecretsManager({ secrets: { [SECRET_ID]: JSON.stringify(project) } }),
    startEventBridge(),
  ]);
  prepare({ platform, secretsManager, eventBridge });
  const urls = { secretsManager: secretsManager.url, eventBridge: eventBridge.url };
  const logged: string[] = [];
  const running = await startLambdaFunction({
    file: handlerFile,
    compileCache: inject('packaged').compileCache,
    environment: {
      ...localAwsEnvironment(urls),
      SECRET_ID,
      VIDEO_API_URL: platform.url,
      ...environment,
    },
    onLog: (line) => logged.push(line),
  });
  const invokeJson = async (payload: string, timeoutMs = TIMEOUT_MS) => {
    const answer = await running.invokeJson(payload, { requestId: REQUEST_ID, timeoutMs });
    assertDocumented(name, JSON.parse(payload), answer);
    eventBridge.events.forEach(assertResultDocumented);
    return answer;
  };
  const invoke = (event: unknown, timeoutMs?: number) =>
    invokeJson(JSON.stringify(event), timeoutMs);
  const close = async () => {
    await running.close();
    await Promise.all([platform.close(), secretsManager.close(), eventBridge.close()]);
  };
  return { platform, secretsManager, eventBridge, logged, invoke, invokeJson, close };
}

/** Returns the name of an invocation's error; throws if the invocation succeeds. */
export async function catchErrorName(run: () => Promise<unknown>): Promise<string> {
  const error = await run().catch((thrown: unknown) => thrown);
  if (error instanceof LambdaError) return error.name;
  throw new Error('The function threw nothing.', { cause: error });
}

/** Returns the entry point of a packaged function. */
export function packagedFile(name: FunctionName): string {
  const { functions, optionalFunctions } = inject('packaged');
  const packaged = functions[name] ?? optionalFunctions[name];
  if (!packaged) throw new Error(`serverless.yml does not define the function ${name}.`);
  return packaged.handlerFile;
}
