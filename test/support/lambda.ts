/**
 * A function as Lambda runs it: its unpacked bundle, in a thread with an environment of its own,
 * JSON events in, JSON answers or named errors out, and a deadline. Any number side by side, each
 * against stand-ins of its own.
 */
import { Worker } from 'node:worker_threads';
import { inject } from 'vitest';
import { madeUpProject } from '../../local/start-options.ts';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import { type EventBridge, startEventBridge } from '../../stand-ins/event-bridge.ts';
import { type Platform, type Project, startPlatform } from '../../stand-ins/platform.ts';
import { type SecretsManager, startSecretsManager } from '../../stand-ins/secrets-manager.ts';
import { REQUEST_ID, SECRET_ID } from './drive.ts';
import type { Ended, FromWorker, ToWorker } from './lambda-worker.ts';

/** As deployed. */
const TIMEOUT_MS = 10_000;

export type FunctionName = 'createSession' | 'issueToken' | 'joinRoom' | 'openRoom';

export interface LambdaOptions {
  /** Default the project of `npm start`, for which the event files are made. */
  readonly project?: Project;
  readonly environment?: Readonly<Record<string, string>>;
  /** Before the function is loaded, and with it the secret. */
  readonly prepare?: (standIns: StandIns) => void;
  /** Default the function's own, as it was unpacked. */
  readonly handlerFile?: string;
}

export interface StandIns {
  readonly platform: Platform;
  readonly secretsManager: SecretsManager;
  readonly eventBridge: EventBridge;
}

export interface Lambda extends StandIns {
  /** Every line of the log since the function was loaded. */
  readonly logged: readonly string[];
  /**
   * Resolves to what the function answers, or throws an error with the name that it failed with.
   * Fails when the function outlives its deadline.
   * @param timeoutMs as `getRemainingTimeInMillis` begins; default that of the deployed function
   */
  invoke(event: unknown, timeoutMs?: number): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** What a function was thrown; `shown` is all that Lambda could log of it. */
export class LambdaError extends Error {
  readonly shown: string;

  constructor({ name, message, shown }: { name: string; message: string; shown: string }) {
    super(message);
    this.name = name;
    this.shown = shown;
  }
}

/** Loads a function; whoever does so closes it too. */
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
  const worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
    workerData: { file: handlerFile },
    env: {
      ...localAwsEnvironment(urls),
      SECRET_ID,
      VIDEO_API_URL: platform.url,
      ...environment,
    },
  });
  const logged: string[] = [];
  const waiting = new Map<number, (ended: Ended) => void>();
  const loading = Promise.withResolvers<void>();
  worker.on('error', loading.reject);
  worker.on('message', (told: FromWorker) => {
    if (told.kind === 'loaded') loading.resolve();
    if (told.kind === 'logged') logged.push(told.line);
    if ('id' in told) waiting.get(told.id)?.(told);
  });
  await loading.promise;

  let lastId = 0;
  const invoke = async (event: unknown, timeoutMs = TIMEOUT_MS) => {
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Ended>();
    waiting.set(id, resolve);
    const deadline = setTimeout(() => reject(new Error('The deadline has passed.')), timeoutMs);
    const call: ToWorker = {
      id,
      payload: JSON.stringify(event),
      awsRequestId: REQUEST_ID,
      timeoutMs,
    };
    worker.postMessage(call);
    try {
      const told = await promise;
      if (told.kind === 'thrown') throw new LambdaError(told.error);
      return JSON.parse(told.payload);
    } finally {
      clearTimeout(deadline);
      waiting.delete(id);
    }
  };
  const close = async () => {
    await worker.terminate();
    await Promise.all([platform.close(), secretsManager.close(), eventBridge.close()]);
  };
  return { platform, secretsManager, eventBridge, logged, invoke, close };
}

/** @returns the name of the error that an invocation fails with; throws when it does not fail */
export async function catchErrorName(run: () => Promise<unknown>): Promise<string> {
  const error = await run().catch((thrown: unknown) => thrown);
  if (error instanceof LambdaError) return error.name;
  throw new Error('The function threw nothing.', { cause: error });
}

/** The entry point of a packaged function. */
export function packagedFile(name: FunctionName): string {
  const packaged = inject('packaged').functions[name];
  if (!packaged) throw new Error(`serverless.yml has no function ${name}.`);
  return packaged.handlerFile;
}
