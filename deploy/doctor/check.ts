/**
 * Runs one check of `serverless doctor` and formats its outcome as one line, without secrets.
 */

import { withTimeout } from '../../lib/domain/deadline.ts';
import { describeThrown, Fault } from '../../lib/domain/faults.ts';
import { toTerminalText } from '../terminal-text.js';

/** Returns what was found; throws an error that says what is wrong. */
export type Check = (signal: AbortSignal) => Promise<string>;

export interface Finding {
  readonly isOk: boolean;
  readonly line: string;
}

/** Timeout of most checks. */
const TIMEOUT_MS = 15_000;

/** Its message is written for the operator. */
export class CheckFailure extends Error {}

/** Several things are wrong; each is a separate line. */
export class CheckFailures extends CheckFailure {
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join('; '));
    this.reasons = reasons;
  }
}

/** Something could not be reached from here, which says little about whether AWS reaches it. */
export class UnreachableError extends CheckFailure {}

/** Runs a check and catches its failure. Returns at least one finding. */
export async function runCheck(
  what: string,
  check: Check,
  timeoutMs = TIMEOUT_MS,
): Promise<readonly Finding[]> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const found = await withTimeout(timeoutMs, () => check(signal));
    return [{ isOk: true, line: toLine('ok', what, found) }];
  } catch (cause) {
    const reasons = cause instanceof CheckFailures ? cause.reasons : [describeFailure(cause)];
    return reasons.map((reason) => ({ isOk: false, line: toLine('FAIL', what, reason) }));
  }
}

/** Says what is wrong, without secrets. */
export function describeFailure(cause: unknown): string {
  if (cause instanceof CheckFailure) return cause.message;
  // A reason is written for the log, which must not contain secrets either.
  if (cause instanceof Fault) return cause.reason ?? cause.message;
  return describeThrown(cause);
}

function toLine(verdict: string, what: string, says: string): string {
  return `${verdict.padEnd(4)}  ${what.padEnd(10)}  ${toTerminalText(says)}`;
}
