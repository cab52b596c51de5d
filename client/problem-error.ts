/**
 * Responses that are not a success, as errors to catch by name.
 */
import type { FaultName, FieldError } from './api-types.ts';

/**
 * Besides the API's own names, `UnexpectedResponseError` for a response that is not from this API, such as
 * the page of a proxy or a redirect.
 */
export type ProblemName = FaultName | 'UnexpectedResponseError';

/** API Gateway's own errors, sent before a function runs, are not problem documents. */
const GATEWAY_NAMES: Readonly<Record<number, ProblemName>> = {
  401: 'UnauthenticatedError',
  403: 'ForbiddenError',
  429: 'TooManyRequestsError',
};

/** The members of a problem document (RFC 9457) that are read. */
interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors: readonly FieldError[];
}

const TYPE = /^urn:opentok-sessions:([a-z-]+)$/;

/** The message is a sentence for the caller, without secrets: the problem's `detail`. */
export class ProblemError extends Error {
  override readonly name: ProblemName;
  /** HTTP status. 0 for a redirect in a browser, which shows no more of it. */
  readonly status: number;
  /** Identifies the call in the operator's log. */
  readonly requestId: string | undefined;
  /** Every faulty field. Empty for other kinds of problems. */
  readonly errors: readonly FieldError[];
  /** When to retry, in seconds from the response, if the server says so. */
  readonly retryAfterSeconds: number | undefined;

  /** @param body the parsed body of the response; any value */
  constructor(status: number, body: unknown, retryAfterSeconds?: number) {
    const problem: Partial<Problem> & { message?: unknown } = Object(body);
    // `exec` and `Error` turn values of any type into text.
    const kind = TYPE.exec(problem.type as string)?.[1];
    const detail = kind ? problem.detail : problem.message;
    super((detail ?? `Response ${status} is not from this API.`) as string);
    this.name = kind ? toName(kind) : (GATEWAY_NAMES[status] ?? 'UnexpectedResponseError');
    this.status = status;
    this.requestId = problem.requestId;
    this.errors = (kind && problem.errors) || [];
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Turns `room-not-found-error` into `RoomNotFoundError`. */
function toName(kind: string): ProblemName {
  return kind.replace(/(^|-)./g, (start) => start.slice(-1).toUpperCase()) as ProblemName;
}
