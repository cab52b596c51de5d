/**
 * A function's use case as every source of events sees it.
 */
import type { Invocation } from '../use-cases/invocation.ts';
import type { LogRecord } from './log.ts';

export interface Operation<Request, Answer extends object> {
  /** @throws Fault `ValidationError` for what is no valid request */
  readonly fromDirect: (request: unknown, invocation: Invocation) => Request;
  readonly run: (request: Request, invocation: Invocation) => Promise<Answer>;
  /** What the log says of a success. */
  readonly describe: (answer: Answer) => Pick<LogRecord, 'message' | 'sessionId' | 'role'>;
}

/** What an invocation returns to Lambda, and what the log says of it. */
export interface Outcome {
  readonly answer: object;
  readonly record: Pick<LogRecord, 'message'> & Partial<LogRecord>;
}
