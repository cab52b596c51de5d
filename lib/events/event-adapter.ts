/**
 * Decides by an event's source who the caller is and how to respond. A new source does not compile until it
 * has a case here, so no source is trusted by default.
 */
import { ANONYMOUS, type Caller, TRUSTED } from '../domain/access.ts';
import { Fault } from '../domain/faults.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import { type CallerSettings, readCaller } from './caller.ts';
import type { RecognizedEvent } from './event-source.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { readHttpRequest } from './http-request.ts';
import { toHttpResponse, toProblemResponse } from './http-response.ts';
import { handleMessages } from './messages.ts';
import type { Outcome } from './outcome.ts';
import { enrichPipe } from './pipe.ts';
import { toThrownError } from './thrown-error.ts';

/** How one event is served. */
export interface EventAdapter {
  /** @throws Fault `UnauthenticatedError` or `ForbiddenError` */
  readonly readCaller: () => Caller;
  readonly run: (invocation: Invocation) => Promise<Outcome>;
  /** Returns the response to a failure, or throws it for callers who catch errors by name. */
  readonly fail: (fault: Fault, requestId: string) => object;
}

export interface EventAdapterOptions<Request, Result extends object> {
  readonly event: unknown;
  readonly recognized: RecognizedEvent;
  readonly definition: FunctionDefinition<Request, Result>;
  readonly settings: CallerSettings;
}

export function createEventAdapter<Request, Result extends object>({
  event,
  recognized,
  definition,
  settings,
}: EventAdapterOptions<Request, Result>): EventAdapter {
  switch (recognized.source) {
    case 'http':
      return {
        readCaller: () => (definition.isPublic ? ANONYMOUS : readCaller(event, settings)),
        run: (invocation) => serveHttp(event, definition, invocation),
        fail: (fault, requestId) =>
          toProblemResponse(fault, requestId, definition.isPublic ? { auth: 'none' } : settings),
      };
    case 'direct':
      return {
        ...TRUSTED_SOURCE,
        run: (invocation) => serveDirect(event, definition, invocation),
      };
    case 'pipes':
      return {
        ...TRUSTED_SOURCE,
        run: (invocation) => enrichPipe(recognized.items, definition, invocation),
      };
    case 'unsupported':
      return {
        readCaller: () => {
          throw unsupported(recognized.sender);
        },
        run: () => Promise.reject(unsupported(recognized.sender)),
        fail: TRUSTED_SOURCE.fail,
      };
    case 'eventbridge':
    case 'sns':
    case 'sqs':
      return {
        ...TRUSTED_SOURCE,
        run: (invocation) =>
          definition.messages
            ? handleMessages(
                recognized,
                { ...definition, messages: definition.messages },
                invocation,
              )
            : serveDirect(event, definition, invocation),
      };
  }
}

/** IAM decides who may invoke the function, and who may send to the services that invoke it. */
const TRUSTED_SOURCE: Omit<EventAdapter, 'run'> = {
  readCaller: () => TRUSTED,
  fail: (fault) => {
    throw toThrownError(fault);
  },
};

/** Thrown, never returned: Lambda would count a returned response as a success. */
function unsupported(sender: string): Fault {
  const detail = `This event of ${sender} is not supported: it has fields of an HTTP request, but no method or no path. Use API Gateway (HTTP API or REST API) or a function URL, or send the request itself as the event.`;
  return new Fault('ValidationError', detail, { reason: detail });
}

async function serveHttp<Request, Result extends object>(
  event: unknown,
  definition: FunctionDefinition<Request, Result>,
  invocation: Invocation,
): Promise<Outcome> {
  const { fromHttp, toStatus = () => 201, toBody, toHeaders, run, toLogFields } = definition;
  if (!fromHttp) throw new Fault('ValidationError', 'This function has no HTTP routes.');
  const request = fromHttp(readHttpRequest(event, definition.readBody), invocation);
  const result = await run(request, invocation);
  return {
    response: toHttpResponse(
      toStatus(request, result),
      toBody?.(request, result) ?? result,
      toHeaders?.(result),
    ),
    record: toLogFields(result),
  };
}

async function serveDirect<Request, Result extends object>(
  event: unknown,
  { fromDirect, run, toLogFields, isLogged = () => true }: FunctionDefinition<Request, Result>,
  invocation: Invocation,
): Promise<Outcome> {
  const result = await run(fromDirect(event, invocation), invocation);
  return { response: result, record: toLogFields(result), isLogged: isLogged(result) };
}
