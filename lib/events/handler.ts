/**
 * Joins a Lambda event to a use case: recognize the source, take the request out, run, answer in
 * the source's form, log one line. Whatever happens, an HTTP event gets an answer.
 */

import { type Caller, TRUSTED, tokenCeilingSeconds } from '../domain/access.ts';
import { Fault, toFault } from '../domain/faults.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import { answerMessages, type MessageOperation } from './answer-messages.ts';
import { answerPipe } from './answer-pipe.ts';
import { type CallerSettings, readCaller } from './caller.ts';
import { toThrownError } from './direct-answer.ts';
import { type RecognizedEvent, recognizeEvent } from './event-source.ts';
import { toHttpAnswer, toProblemAnswer } from './http-answer.ts';
import { type HttpRequest, readHttpRequest } from './http-request.ts';
import type { Log } from './log.ts';
import type { Operation, Outcome } from './operation.ts';

/** What a handler needs of its container. */
export interface HandlerRuntime {
  readonly config: CallerSettings & { readonly maxTokenSeconds: number | undefined };
  /** What is wrong with the configuration, which every invocation is then answered with. */
  readonly fault: Fault | undefined;
  readonly log: Log;
  readonly now: () => number;
}

export interface HandlerOptions<Request, Answer extends object> extends Operation<Request, Answer> {
  /** The function's name in the log. */
  readonly name: string;
  readonly runtime: HandlerRuntime;
  /** Without it the function has no HTTP routes. */
  readonly fromHttp?: (http: HttpRequest, invocation: Invocation) => Request;
  /** Status of a success over HTTP. Default 201. */
  readonly toStatus?: (request: Request) => number;
  /** Serves EventBridge, SNS and SQS; without it their events are refused as no valid request. */
  readonly messages?: MessageOperation<Request>;
}

/** The part of Lambda's context that is read. */
export interface LambdaContext {
  readonly awsRequestId: string;
  /** Lambda always sets it; tools that call a handler by themselves may not. */
  readonly getRemainingTimeInMillis?: () => number;
}

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
    const { source } = recognized;
    const base = { function: name, source, requestId };
    try {
      if (wrongStart) throw wrongStart;
      // Whoever may invoke the function otherwise than over HTTP was let in by IAM.
      const caller = source === 'http' ? readCaller(event, config) : TRUSTED;
      const invocation = toInvocation(context, { caller, config, startedMs });
      const { answer, record } = await answerEvent({ event, recognized, options, invocation });
      log('info', { ...record, ...base, outcome: 'succeeded', durationMs: now() - startedMs });
      return answer;
    } catch (error) {
      const fault = toFault(error);
      const { title: message, status, reason } = fault;
      log(status >= 500 ? 'error' : 'info', {
        message,
        ...base,
        outcome: 'failed',
        status,
        fault: fault.name,
        reason,
        durationMs: now() - startedMs,
      });
      return answerFault(recognized, fault, requestId);
    }
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

interface Answering<Request, Answer extends object> {
  readonly event: unknown;
  readonly recognized: RecognizedEvent;
  readonly options: HandlerOptions<Request, Answer>;
  readonly invocation: Invocation;
}

async function answerEvent<Request, Answer extends object>({
  event,
  recognized,
  options,
  invocation,
}: Answering<Request, Answer>): Promise<Outcome> {
  const { fromHttp, fromDirect, run, describe, messages, toStatus = () => 201 } = options;
  if (recognized.source === 'http') {
    if (!fromHttp) throw new Fault('ValidationError', 'This function has no HTTP routes.');
    const request = fromHttp(readHttpRequest(event), invocation);
    const answer = await run(request, invocation);
    return { answer: toHttpAnswer(toStatus(request), answer), record: describe(answer) };
  }
  if ('items' in recognized) return answerPipe(recognized.items, options, invocation);
  if ('messages' in recognized && messages) return answerMessages(recognized, messages, invocation);
  const answer = await run(fromDirect(event, invocation), invocation);
  return { answer, record: describe(answer) };
}

function answerFault({ source }: RecognizedEvent, fault: Fault, requestId: string): object {
  if (source === 'http') return toProblemAnswer(fault, requestId);
  throw toThrownError(fault);
}
