/**
 * Joins a Lambda event to a use case: recognize the source, take the request out, run, answer in
 * the source's form, log one line. Whatever happens, an HTTP event gets an answer.
 */
import type { Container } from '../container.ts';
import { TRUSTED, tokenCeilingSeconds } from '../domain/access.ts';
import { type Fault, toFault } from '../domain/faults.ts';
import type { Invocation } from '../invocation.ts';
import type { LogRecord } from '../log.ts';
import { readCaller } from './caller.ts';
import { toThrownError } from './direct-answer.ts';
import { type EventSource, recognizeSource } from './event-source.ts';
import { toCreatedAnswer, toProblemAnswer } from './http-answer.ts';
import { type HttpRequest, readHttpRequest } from './http-request.ts';

export interface HandlerOptions<Request, Answer extends object> {
  /** The function's name in the log. */
  readonly name: string;
  readonly container: Pick<Container, 'config' | 'fault' | 'log' | 'now'>;
  readonly fromHttp: (http: HttpRequest, invocation: Invocation) => Request;
  readonly fromDirect: (event: unknown, invocation: Invocation) => Request;
  readonly run: (request: Request, invocation: Invocation) => Promise<Answer>;
  /** What the log says of a success. */
  readonly describe: (answer: Answer) => Pick<LogRecord, 'message' | 'sessionId' | 'role'>;
}

export type LambdaHandler = (
  event: unknown,
  context: { readonly awsRequestId: string },
) => Promise<object>;

export function createHandler<Request, Answer extends object>(
  options: HandlerOptions<Request, Answer>,
): LambdaHandler {
  const { name, container, fromHttp, fromDirect, run, describe } = options;
  const { config } = container;

  return async (event, { awsRequestId: requestId }) => {
    const startedMs = container.now();
    const nowSeconds = Math.floor(startedMs / 1000);
    const source = recognizeSource(event);
    const finish = () => ({
      function: name,
      source,
      requestId,
      durationMs: container.now() - startedMs,
    });
    try {
      if (container.fault) throw container.fault;
      const isHttp = source === 'http';
      // Whoever may invoke the function directly was let in by IAM.
      const caller = isHttp ? readCaller(event, config) : TRUSTED;
      const maxTokenSeconds = tokenCeilingSeconds(caller, config.maxTokenSeconds);
      const invocation = { requestId, nowSeconds, caller, maxTokenSeconds };
      const request = isHttp
        ? fromHttp(readHttpRequest(event), invocation)
        : fromDirect(event, invocation);
      const answer = await run(request, invocation);
      container.log('info', { ...describe(answer), outcome: 'succeeded', ...finish() });
      return isHttp ? toCreatedAnswer(answer) : answer;
    } catch (error) {
      const fault = toFault(error);
      container.log(fault.status >= 500 ? 'error' : 'info', {
        message: fault.title,
        outcome: 'failed',
        status: fault.status,
        fault: fault.name,
        reason: fault.reason,
        ...finish(),
      });
      return answerFault(source, fault, requestId);
    }
  };
}

function answerFault(source: EventSource, fault: Fault, requestId: string): object {
  if (source === 'http') return toProblemAnswer(fault, requestId);
  throw toThrownError(fault);
}
