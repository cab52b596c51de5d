/**
 * The outcome of an invocation: what it returns to Lambda or fails with, and how it is logged. Pure: no I/O.
 */
import type { Fault } from '../domain/faults.ts';
import type { LogLevel, LogRecord, MessageCounts } from './log.ts';

export type Outcome = ({ readonly response: object } | { readonly fault: Fault }) & {
  readonly record: Pick<LogRecord, 'message'> & Partial<LogRecord>;
  /** False for a scheduled invocation that found nothing to do. Default true. */
  readonly isLogged?: boolean;
  /** For the operator: what arrived and is not a request, and what to do about it. One log line each. */
  readonly notices?: readonly string[];
};

/**
 * Returns the outcome of a failed invocation.
 *
 * @param messages how each message of the event ended, if it has messages
 */
export function toFailure(fault: Fault, messages?: MessageCounts): Outcome {
  const { title, status, name, reason } = fault;
  const record = { message: title, status, fault: name, reason };
  return { fault, record: messages ? { ...record, messages } : record };
}

/**
 * Returns level and outcome of the log line. A batch with messages to retry failed, although the invocation
 * returned. A batch with rejected messages succeeded, at a level that operators notice.
 */
export function judgeOutcome(outcome: Outcome): {
  readonly level: LogLevel;
  readonly outcome: 'succeeded' | 'failed';
} {
  if ('fault' in outcome) {
    return { level: outcome.fault.logLevel, outcome: 'failed' };
  }
  const { rejected = 0, returned = 0 } = outcome.record.messages ?? {};
  if (returned > 0) return { level: 'error', outcome: 'failed' };
  return { level: rejected > 0 ? 'warn' : 'info', outcome: 'succeeded' };
}
