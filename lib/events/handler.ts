/**
 * Connects a Lambda event with a use case: recognizes the source, extracts the request, runs the use
 * case, responds in the source's form and logs one line. An HTTP event always gets a response.
 */

import type { Context } from 'aws-lambda';
import { type Caller, tokenCeilingSeconds } from '../domain/access.ts';
import { type Fault, toFault } from '../domain/faults.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import type { CallerSettings } from './caller.ts';
import { dispatch, type ServedOperation } from './dispatch.ts';
import { recognizeEvent } from './event-source.ts';
import type { Log } from './log.ts';
import { failWith, judgeOutcome, type Outcome } from './operation.ts';

/** The part of the container that a handler needs. */
export interface HandlerRuntime {
  readonly config: CallerSettings & { readonly maxTokenSeconds: number | undefined };
  /** The error in the configuration, if any; every invocation then fails with it. */
  readonly fault: Fault | undefined;
  readonly log: Log;
  readonly now: () => number;
  /** Returns how many sessions the platform has created since the last call. */
  readonly sessionCount?: { readonly take: () => number };
}

export interface HandlerOptions<Request, Answer extends object>
  extends ServedOperation<Request, Answer> {
  /** The function's name in the log. */
  readonly name: string;
  readonly runtime: HandlerRuntime;
}

/**
 * The part of Lambda's context that is read. Lambda always provides the remaining time; tools that call
 * a handler themselves may not.
 */
export type LambdaContext = Readonly<
  Pick<Context, 'awsRequestId'> & Partial<Pick<Context, 'getRemainingTimeInMillis'>>
>;

export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<object>;

export function createHandler<Request, Answer extends object>(
  options: HandlerOptions<Request, Answer>,
): LambdaHandler {
  const { name, runtime } = options;
  const { config, fault: wrongStart, log, now } = runtime;

  return async (event, context) => {
    const startedMs = now();
    const requestId = context.awsRequestId;
    const recognized = recognizeEvent(event);
    const base = { function: name, source: recognized.source, requestId };
    const way = dispatch({ event, recognized, operation: options, settings: config });
    let outcome: Outcome;
    try {
      if (wrongStart) throw wrongStart;
      const caller = way.readCaller();
      outcome = await way.answer(toInvocation(context, { caller, config, startedMs }));
    } catch (error) {
      outcome = failWith(toFault(error));
    }
    for (const reason of outcome.notices ?? []) {
      log('warn', { ...base, message: 'not a request', reason });
    }
    const sessionsCreated = runtime.sessionCount?.take() ?? 0;
    const { level, ...judged } = judgeOutcome(outcome);
    log(level, {
      ...outcome.record,
      ...base,
      ...judged,
      ...(sessionsCreated > 0 && { sessionsCreated }),
      durationMs: now() - startedMs,
    });
    return 'fault' in outcome ? way.answerFault(outcome.fault, requestId) : outcome.answer;
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
