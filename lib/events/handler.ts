/**
 * Turns a function's definition into a Lambda handler. An HTTP event always gets a response, whatever fails.
 */

import type { Context } from 'aws-lambda';
import { type Caller, tokenCeilingSeconds } from '../domain/access.ts';
import { type Fault, toFault } from '../domain/faults.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import type { CallerSettings } from './caller.ts';
import { createEventAdapter } from './event-adapter.ts';
import { recognizeEvent } from './event-source.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { Log } from './log.ts';
import { judgeOutcome, type Outcome, toFailure } from './outcome.ts';

/** What a handler uses of its container. */
export interface HandlerRuntime {
  readonly config: CallerSettings & { readonly maxTokenSeconds: number | undefined };
  /** Set if the configuration is wrong. Every invocation then fails with it. */
  readonly fault: Fault | undefined;
  readonly log: Log;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
  /** Returns how many sessions the platform has created since the last call. */
  readonly sessionCount?: { readonly take: () => number };
}

/** The part of Lambda's context that is read. Local tools may omit the remaining time. */
export type LambdaContext = Readonly<
  Pick<Context, 'awsRequestId'> & Partial<Pick<Context, 'getRemainingTimeInMillis'>>
>;

export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<object>;

/** Returns the Lambda handler of a function. */
export function createHandler<Request, Result extends object>(
  runtime: HandlerRuntime,
  definition: FunctionDefinition<Request, Result>,
): LambdaHandler {
  const { config, fault: startFault, log, now } = runtime;

  return async (event, context) => {
    const startedMs = now();
    const requestId = context.awsRequestId;
    const recognized = recognizeEvent(event);
    const base = { function: definition.name, source: recognized.source, requestId };
    const adapter = createEventAdapter({ event, recognized, definition, settings: config });
    let outcome: Outcome;
    try {
      if (startFault) throw startFault;
      const caller = adapter.readCaller();
      outcome = await adapter.run(toInvocation(context, { caller, config, startedMs }));
    } catch (error) {
      outcome = toFailure(toFault(error));
    }
    for (const reason of outcome.notices ?? []) {
      log('warn', { ...base, message: 'not a request', reason });
    }
    const sessionsCreated = runtime.sessionCount?.take() ?? 0;
    const { level, ...judged } = judgeOutcome(outcome);
    if (outcome.isLogged ?? true) {
      log(level, {
        ...outcome.record,
        ...base,
        ...judged,
        ...(sessionsCreated > 0 && { sessionsCreated }),
        durationMs: now() - startedMs,
      });
    }
    return 'fault' in outcome ? adapter.fail(outcome.fault, requestId) : outcome.response;
  };
}

function toInvocation(
  context: LambdaContext,
  {
    caller,
    config,
    startedMs,
  }: { caller: Caller; config: HandlerRuntime['config']; startedMs: number },
): Invocation {
  return {
    requestId: context.awsRequestId,
    nowSeconds: Math.floor(startedMs / 1000),
    remainingMs: () => context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY,
    caller,
    maxTokenSeconds: tokenCeilingSeconds(caller, config.maxTokenSeconds),
  };
}
