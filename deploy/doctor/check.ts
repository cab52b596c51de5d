/**
 * One thing that `serverless doctor` looks at, and how it is told: in one line, with no secret in it.
 */

import { withTimeout } from '../../lib/domain/deadline.ts';
import { describeThrown, Fault } from '../../lib/domain/faults.ts';
import { toTerminalText } from '../terminal-text.js';

/** What was found, in words; thrown errors say what is wrong. */
export type Look = (signal: AbortSignal) => Promise<string>;

export interface Finding {
  readonly isWell: boolean;
  readonly line: string;
}

/** For one look, whatever it asks. */
const PATIENCE_MS = 15_000;

/** What is wrong, in words for whom it concerns. */
export class Trouble extends Error {}

export async function check(what: string, look: Look): Promise<Finding> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const found = await withTimeout(PATIENCE_MS, () => look(signal));
    return { isWell: true, line: toLine('ok', what, found) };
  } catch (cause) {
    return { isWell: false, line: toLine('FAIL', what, describe(cause)) };
  }
}

function describe(cause: unknown): string {
  if (cause instanceof Trouble) return cause.message;
  // Its reason is written for the log, where no secret may be either.
  if (cause instanceof Fault) return cause.reason ?? cause.message;
  return describeThrown(cause);
}

function toLine(verdict: string, what: string, says: string): string {
  return `${verdict.padEnd(4)}  ${what.padEnd(10)}  ${toTerminalText(says)}`;
}
