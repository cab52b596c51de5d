/**
 * A function's use case as every source of events sees it.
 */
import type { Fault } from '../domain/faults.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import type { LogLevel, LogRecord, MessageCounts } from './log.ts';

export interface Operation<Request, Answer extends object> {
  /** @throws Fault `ValidationError` for what is no valid request */
  readonly fromDirect: (request: unknown, invocation: Invocation) => Request;
  readonly run: (request: Request, invocation: Invocation) => Promise<Answer>;
  /** What the log says of a success. */
  readonly describe: (answer: Answer) => Pick<LogRecord, 'message' | 'sessionId' | 'role'>;
}

/** What an invocation returns to Lambda or fails with, and what is logged about it. */
export type Outcome = ({ readonly answer: object } | { readonly fault: Fault }) & {
  readonly record: Pick<LogRecord, 'message'> & Partial<LogRecord>;
  /** For the operator: what arrived and is not a request, and what to do about it. One log line each. */
  readonly notices?: readonly string[];
};

/** @param messages of an event that fails as a whole: how each of them ended */
export function failWith(fault: Fault, messages?: MessageCounts): Outcome {
  const { title, status, name, reason } = fault;
  const record = { message: title, status, fault: name, reason };
  return { fault, record: messages ? { ...record, messages } : record };
}

/**
 * How an invocation is to be found in the log: what comes again is a failure, though the invocation
 * answered; what was refused for good is done, and still worth a look.
 */
export function judgeOutcome(outcome: Outcome): {
  readonly level: LogLevel;
  readonly outcome: 'succeeded' | 'failed';
} {
  if ('fault' in outcome) {
    return { level: outcome.fault.status >= 500 ? 'error' : 'info', outcome: 'failed' };
  }
  const { refused = 0, returned = 0 } = outcome.record.messages ?? {};
  if (returned > 0) return { level: 'error', outcome: 'failed' };
  return { level: refused > 0 ? 'warn' : 'info', outcome: 'succeeded' };
}
