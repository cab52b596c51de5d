/**
 * Answers that are no success, as errors to catch by name.
 */
import type { FaultName, FieldError } from './api-types.ts';

/**
 * Besides the API's own names: `UnexpectedAnswerError` for what no opentok-sessions answers, such as a
 * proxy's page.
 */
export type ProblemName = FaultName | 'UnexpectedAnswerError';

/** API Gateway's own answers, given before a function runs, are no problem documents. */
const GATEWAY_NAMES: Readonly<Record<number, ProblemName>> = {
  401: 'UnauthenticatedError',
  403: 'ForbiddenError',
  429: 'TooManyRequestsError',
};

/** A problem document (RFC 9457), as far as it is read. */
interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors: readonly FieldError[];
}

const TYPE = /^urn:opentok-sessions:([a-z-]+)$/;

/** The message is a sentence for whoever called, without secrets: the problem's `detail`. */
export class ProblemError extends Error {
  override readonly name: ProblemName;
  /** HTTP status. */
  readonly status: number;
  /** By which the operator finds the call in the log. */
  readonly requestId: string | undefined;
  /** Every faulty field; empty for problems of other kinds. */
  readonly errors: readonly FieldError[];
  /** When the server asks to come back, in seconds from its answer. */
  readonly retryAfterSeconds: number | undefined;

  /** @param body the answer's, parsed; anything */
  constructor(status: number, body: unknown, retryAfterSeconds?: number) {
    const problem: Partial<Problem> & { message?: unknown } = Object(body);
    // Whatever they are, `exec` and `Error` make texts of them.
    const kind = TYPE.exec(problem.type as string)?.[1];
    const detail = kind ? problem.detail : problem.message;
    super((detail ?? `The answer, of status ${status}, is none of this API's.`) as string);
    this.name = kind ? toName(kind) : (GATEWAY_NAMES[status] ?? 'UnexpectedAnswerError');
    this.status = status;
    this.requestId = problem.requestId;
    this.errors = (kind && problem.errors) || [];
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** `room-not-found-error` is `RoomNotFoundError`. */
function toName(kind: string): ProblemName {
  return kind.replace(/(?:^|-)([a-z])/g, (_, letter) => letter.toUpperCase()) as ProblemName;
}
