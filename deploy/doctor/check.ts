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

/** Timeout of one check. */
const TIMEOUT_MS = 15_000;

/** Its message is written for the operator. */
export class CheckFailure extends Error {}

/** Something could not be reached from here, which says little about whether AWS reaches it. */
export class UnreachableError extends CheckFailure {}

/** Runs a check and catches its failure. */
export async function runCheck(what: string, check: Check): Promise<Finding> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const found = await withTimeout(TIMEOUT_MS, () => check(signal));
    return { isOk: true, line: toLine('ok', what, found) };
  } catch (cause) {
    return { isOk: false, line: toLine('FAIL', what, describe(cause)) };
  }
}

function describe(cause: unknown): string {
  if (cause instanceof CheckFailure) return cause.message;
  // A reason is written for the log, which must not contain secrets either.
  if (cause instanceof Fault) return cause.reason ?? cause.message;
  return describeThrown(cause);
}

function toLine(verdict: string, what: string, says: string): string {
  return `${verdict.padEnd(4)}  ${what.padEnd(10)}  ${toTerminalText(says)}`;
}
