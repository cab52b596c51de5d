/**
 * A function as Lambda runs it: its bundle, in a thread with its own environment, JSON events in,
 * JSON responses or named errors out, and a deadline. Stricter than Lambda: one container serves many
 * invocations at once. A container that exceeds its deadline or crashes is replaced.
 */
import { Worker } from 'node:worker_threads';
import type { Ended, FromWorker, ToWorker } from './lambda-worker.ts';

const COMPILE_CACHE = 'NODE_COMPILE_CACHE';

export interface LambdaFunctionOptions {
  /** The bundle: an ES module that exports `handler`. */
  readonly file: string;
  /** All that the function gets to see of any environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folder for what Node has compiled of the bundle, which the next container then need not. */
  readonly compileCache?: string | undefined;
  /** Gets each line that the function writes to the console. */
  readonly onLog: (line: string) => void;
}

export interface LambdaInvocation {
  readonly requestId: string;
  /** As `getRemainingTimeInMillis` begins. */
  readonly timeoutMs: number;
}

export interface LambdaFunction {
  /**
   * Resolves to what the function answers, or throws a `LambdaError` with the name that it failed
   * with; any other error when its container has ended before it answered.
   */
  invoke(event: unknown, invocation: LambdaInvocation): Promise<Record<string, unknown>>;
  /** The same with an event in JSON, as Lambda has it: for what JavaScript cannot write. */
  invokeJson(payload: string, invocation: LambdaInvocation): Promise<Record<string, unknown>>;
  /** Ends it. May be called twice. */
  close(): Promise<void>;
}

/** What a function has thrown; `shown` is all that Lambda could log of it. */
export class LambdaError extends Error {
  readonly shown: string;

  constructor({ name, message, shown }: { name: string; message: string; shown: string }) {
    super(message);
    this.name = name;
    this.shown = shown;
  }
}

/** @throws Error of the module when it cannot be loaded */
export async function startLambdaFunction(options: LambdaFunctionOptions): Promise<LambdaFunction> {
  let container: Promise<Container> | undefined;
  const open = (): Promise<Container> => {
    const opening = openContainer(options, () => {
      if (container === opening) container = undefined;
    });
    return opening;
  };
  container = open();
  await container;
  const invokeJson: LambdaFunction['invokeJson'] = async (payload, invocation) => {
    container ??= open();
    return (await container).invoke(payload, invocation);
  };
  return {
    invoke: (event, invocation) => invokeJson(JSON.stringify(event), invocation),
    invokeJson,
    close: async () => (await container?.catch(() => undefined))?.close(),
  };
}

interface Container {
  invoke(payload: string, invocation: LambdaInvocation): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

async function openContainer(
  { file, environment, compileCache, onLog }: LambdaFunctionOptions,
  onEnd: () => void,
): Promise<Container> {
  const worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
    workerData: { file },
    // Of use from a thread's very start; the worker takes it out again.
    env: compileCache ? { ...environment, [COMPILE_CACHE]: compileCache } : environment,
  });
  const loading = Promise.withResolvers<void>();
  const waiting = new Map<number, PromiseWithResolvers<Ended>>();
  const end = (cause: unknown): void => {
    onEnd();
    loading.reject(cause);
    for (const { reject } of waiting.values()) reject(cause);
  };
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The container has ended.')));
  worker.on('message', (told: FromWorker) => {
    if (told.kind === 'loaded') loading.resolve();
    if (told.kind === 'logged') onLog(told.line);
    if ('id' in told) waiting.get(told.id)?.resolve(told);
  });
  await loading.promise;

  let lastId = 0;
  return {
    invoke: async (payload, { requestId, timeoutMs }) => {
      const id = ++lastId;
      const ended = Promise.withResolvers<Ended>();
      waiting.set(id, ended);
      const deadline = setTimeout(() => {
        ended.reject(new Error('The deadline has passed.'));
        void worker.terminate();
      }, timeoutMs);
      const call: ToWorker = { id, payload, awsRequestId: requestId, timeoutMs };
      worker.postMessage(call);
      try {
        const told = await ended.promise;
        if (told.kind === 'thrown') throw new LambdaError(told.error);
        return JSON.parse(told.payload);
      } finally {
        clearTimeout(deadline);
        waiting.delete(id);
      }
    },
    close: async () => void (await worker.terminate()),
  };
}
