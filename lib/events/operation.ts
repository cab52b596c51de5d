/**
 * A function's use case, independent of the source of events.
 */
import type { Fault } from '../domain/faults.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import type { LogLevel, LogRecord, MessageCounts } from './log.ts';

export interface Operation<Request, Answer extends object> {
  /** @throws Fault `ValidationError` if the request is not valid */
  readonly fromDirect: (request: unknown, invocation: Invocation) => Request;
  readonly run: (request: Request, invocation: Invocation) => Promise<Answer>;
  /** Returns what is logged about a success. */
  readonly describe: (answer: Answer) => Pick<LogRecord, 'message' | 'sessionId' | 'role'>;
}

/** What an invocation returns to Lambda or fails with, and what is logged about it. */
export type Outcome = ({ readonly answer: object } | { readonly fault: Fault }) & {
  readonly record: Pick<LogRecord, 'message'> & Partial<LogRecord>;
  /** For the operator: what arrived and is not a request, and what to do about it. One log line each. */
  readonly notices?: readonly string[];
};

/** @param messages how each message ended, of an event that fails as a whole */
export function failWith(fault: Fault, messages?: MessageCounts): Outcome {
  const { title, status, name, reason } = fault;
  const record = { message: title, status, fault: name, reason };
  return { fault, record: messages ? { ...record, messages } : record };
}

/**
 * Returns level and outcome of the log line. A message that is delivered again is a failure, even if the
 * invocation returned; a permanent refusal is a success with a warning.
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
