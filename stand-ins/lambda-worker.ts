/**
 * Runs in its own thread as Lambda's runtime does around a function: loads the module once
 * and calls its handler for each event that comes. See `lambda-function.ts`.
 */
import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { LambdaHandler } from '../lib/events/handler.ts';

export interface ToWorker {
  readonly id: number;
  /** JSON, as Lambda is invoked with. */
  readonly payload: string;
  readonly awsRequestId: string;
  readonly timeoutMs: number;
}

export type FromWorker =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'logged'; readonly line: string }
  | Ended;

/** How an invocation has ended. */
export type Ended =
  | { readonly kind: 'answered'; readonly id: number; readonly payload: string }
  | {
      readonly kind: 'thrown';
      readonly id: number;
      readonly error: { readonly name: string; readonly message: string; readonly shown: string };
    };

// Lambda sets none: see `compileCache` of lambda-function.ts.
delete process.env['NODE_COMPILE_CACHE'];

const port = parentPort;
if (!port) throw new Error('This file runs as a worker.');
const tell = (message: FromWorker): void => port.postMessage(message);

let requestId: string | undefined;
const writesJson = process.env['AWS_LAMBDA_LOG_FORMAT'] === 'JSON';
for (const method of ['debug', 'log', 'info', 'warn', 'error', 'trace'] as const) {
  console[method] = (...values: unknown[]) => {
    if (writesJson && values.length === 1) {
      // As LogPatch.js of aws-lambda-nodejs-runtime-interface-client has it.
      const time = { timestamp: new Date().toISOString(), level: method.toUpperCase() };
      tell({ kind: 'logged', line: JSON.stringify({ ...time, requestId, message: values[0] }) });
      return;
    }
    const texts = values.map((value) => (typeof value === 'string' ? value : inspect(value)));
    tell({ kind: 'logged', line: texts.join(' ') });
  };
}

const { handler }: { handler: LambdaHandler } = await import(workerData.file);

port.on('message', async ({ id, payload, awsRequestId, timeoutMs }: ToWorker) => {
  const deadlineMs = performance.now() + timeoutMs;
  requestId = awsRequestId;
  try {
    const answer = await handler(JSON.parse(payload), {
      awsRequestId,
      getRemainingTimeInMillis: () => Math.floor(deadlineMs - performance.now()),
    });
    tell({ kind: 'answered', id, payload: JSON.stringify(answer) });
  } catch (error) {
    const { name, message } = error as Error;
    tell({ kind: 'thrown', id, error: { name, message, shown: inspect(error) } });
  }
});
tell({ kind: 'loaded' });
