/**
 * Decides by an event's source which caller it has and in which form to respond. A new source does not
 * compile until it has a case of its own here, so none is trusted by accident.
 */
import { ANYBODY, type Caller, TRUSTED } from '../domain/access.ts';
import { Fault } from '../domain/faults.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import { answerMessages, type MessageOperation } from './answer-messages.ts';
import { answerPipe } from './answer-pipe.ts';
import { type CallerSettings, readCaller } from './caller.ts';
import { toThrownError } from './direct-answer.ts';
import type { RecognizedEvent } from './event-source.ts';
import { toHttpAnswer, toProblemAnswer } from './http-answer.ts';
import { type HttpRequest, readHttpRequest } from './http-request.ts';
import type { Operation, Outcome } from './operation.ts';

/** A function's use case, with the sources of events that it serves. */
export interface ServedOperation<Request, Answer extends object>
  extends Operation<Request, Answer> {
  /** Without it the function has no HTTP routes. */
  readonly fromHttp?: (http: HttpRequest, invocation: Invocation) => Request;
  /** Whether its HTTP routes have no authorizer. Default false. */
  readonly isPublic?: boolean;
  /** Status of a success over HTTP. Default 201. */
  readonly toStatus?: (request: Request, answer: Answer) => number;
  /** Body of a success over HTTP. Default: the answer of the use case. */
  readonly toBody?: (request: Request, answer: Answer) => object;
  /** Headers of a success over HTTP beside the common ones. Default none. */
  readonly toHeaders?: (answer: Answer) => Readonly<Record<string, string>>;
  /** Serves EventBridge, SNS and SQS; without it their events are rejected as invalid requests. */
  readonly messages?: MessageOperation<Request>;
}

/** How one event is handled. */
export interface Way {
  /** @throws Fault `UnauthenticatedError` or `ForbiddenError` */
  readonly readCaller: () => Caller;
  readonly answer: (invocation: Invocation) => Promise<Outcome>;
  /** Returns the response to a fault, or throws it where callers catch it by name. */
  readonly answerFault: (fault: Fault, requestId: string) => object;
}

export interface DispatchOptions<Request, Answer extends object> {
  readonly event: unknown;
  readonly recognized: RecognizedEvent;
  readonly operation: ServedOperation<Request, Answer>;
  readonly settings: CallerSettings;
}

export function dispatch<Request, Answer extends object>({
  event,
  recognized,
  operation,
  settings,
}: DispatchOptions<Request, Answer>): Way {
  switch (recognized.source) {
    case 'http':
      return {
        readCaller: () => (operation.isPublic ? ANYBODY : readCaller(event, settings)),
        answer: (invocation) => answerHttp(event, operation, invocation),
        answerFault: (fault, requestId) => toProblemAnswer(fault, requestId, settings),
      };
    case 'direct':
      return {
        ...letInByIam,
        answer: (invocation) => answerDirectly(event, operation, invocation),
      };
    case 'pipes':
      return {
        ...letInByIam,
        answer: (invocation) => answerPipe(recognized.items, operation, invocation),
      };
    case 'unsupported':
      return {
        readCaller: () => {
          throw unsupported(recognized.sender);
        },
        answer: () => Promise.reject(unsupported(recognized.sender)),
        answerFault: letInByIam.answerFault,
      };
    case 'eventbridge':
    case 'sns':
    case 'sqs':
      return {
        ...letInByIam,
        answer: (invocation) =>
          operation.messages
            ? answerMessages(recognized, operation.messages, invocation)
            : answerDirectly(event, operation, invocation),
      };
  }
}

/** IAM decides who may invoke the function, and who may send to its queue, topic or bus. */
const letInByIam: Omit<Way, 'answer'> = {
  readCaller: () => TRUSTED,
  answerFault: (fault) => {
    throw toThrownError(fault);
  },
};

/** Thrown, never returned: Lambda would count a returned response as a success. */
function unsupported(sender: string): Fault {
  const detail = `This event of ${sender} is not supported: it has fields of an HTTP request, but no method or no path. Use API Gateway (HTTP API or REST API) or a function URL, or send the request itself as the event.`;
  return new Fault('ValidationError', detail, { reason: detail });
}

async function answerHttp<Request, Answer extends object>(
  event: unknown,
  operation: ServedOperation<Request, Answer>,
  invocation: Invocation,
): Promise<Outcome> {
  const { fromHttp, toStatus = () => 201, toBody, toHeaders, run, describe } = operation;
  if (!fromHttp) throw new Fault('ValidationError', 'This function has no HTTP routes.');
  const request = fromHttp(readHttpRequest(event), invocation);
  const answer = await run(request, invocation);
  return {
    answer: toHttpAnswer(
      toStatus(request, answer),
      toBody?.(request, answer) ?? answer,
      toHeaders?.(answer),
    ),
    record: describe(answer),
  };
}

async function answerDirectly<Request, Answer extends object>(
  event: unknown,
  { fromDirect, run, describe }: Operation<Request, Answer>,
  invocation: Invocation,
): Promise<Outcome> {
  const answer = await run(fromDirect(event, invocation), invocation);
  return { answer, record: describe(answer) };
}
