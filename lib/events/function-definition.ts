/**
 * The definition of a Lambda function: what it reads from each kind of event, what it runs, and what it
 * returns and logs.
 *
 * `createHandler` (handler.ts) turns a definition into a Lambda handler. For each event it recognizes the
 * source, determines the caller, parses the request, calls `run`, returns the response in the form of the
 * source, and writes one log line.
 */
import type { PublishResult } from '../results/event-bridge.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import type { HttpRequest } from './http-request.ts';
import type { LogRecord } from './log.ts';
import type { UnknownRecord } from './untrusted.ts';

type LoggedField =
  | 'sessionId'
  | 'role'
  | 'event'
  | 'participantsRemoved'
  | 'roomsClosed'
  | 'roomsNotClosed';

export interface FunctionDefinition<Request, Result extends object> {
  /** The function's name in the log. */
  readonly name: string;
  /**
   * Parses an HTTP request. Omitted: the function has no HTTP routes.
   *
   * @throws Fault
   */
  readonly fromHttp?: (http: HttpRequest, invocation: Invocation) => Request;
  /** Reads the body of an HTTP event. Default: JSON, parsed. */
  readonly readBody?: (event: UnknownRecord) => unknown;
  /** Whether HTTP requests need no authorizer. Their caller is then `anonymous`. Default false. */
  readonly isPublic?: boolean;
  /**
   * Parses the event of a direct invocation, an item of a pipe, or the body of a message.
   *
   * @throws Fault `ValidationError`
   */
  readonly fromDirect: (event: unknown, invocation: Invocation) => Request;
  /** Serves the request. Every right is decided in here. */
  readonly run: (request: Request, invocation: Invocation) => Promise<Result>;
  /** Returns the HTTP status of a success. Default 201. */
  readonly toStatus?: (request: Request, result: Result) => number;
  /** Returns the HTTP body of a success. Default: the result. */
  readonly toBody?: (request: Request, result: Result) => object;
  /** Returns additional HTTP headers of a success. Default none. */
  readonly toHeaders?: (result: Result) => Readonly<Record<string, string>>;
  /** Returns what the log line of a success contains. */
  readonly toLogFields: (result: Result) => Pick<LogRecord, 'message' | LoggedField>;
  /** Whether a direct invocation with this result gets a log line. Default true. */
  readonly isLogged?: (result: Result) => boolean;
  /** Serves messages of EventBridge, SNS and SQS. Omitted: such events are parsed as direct invocations. */
  readonly messages?: MessageDefinition<Request, Result>;
}

/** How a function publishes the result of a message. */
export interface MessageDefinition<Request, Result> {
  /**
   * Checks what only messages are subject to. Default: nothing.
   *
   * @throws Fault `ValidationError`
   */
  readonly assertAllowed?: (request: Request) => void;
  /** Returns the `detail` of the result event, without the correlation fields. */
  readonly toDetail: (result: Result) => Readonly<Record<string, unknown>>;
  /** EventBridge `detail-type` of the result events. */
  readonly resultTypes: { readonly success: string; readonly failure: string };
  readonly publish: PublishResult;
}
