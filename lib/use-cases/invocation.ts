import type { Caller } from '../domain/access.ts';
import type { RemainingMs } from '../domain/deadline.ts';

/** What a use case may know of the invocation that it serves. */
export interface Invocation {
  /** Lambda's request id, by which callers and operators find the same log line. */
  readonly requestId: string;
  /** The one reading of the clock, in whole seconds since the UNIX epoch, rounded down. */
  readonly nowSeconds: number;
  /** How long Lambda lets this invocation go on. */
  readonly remainingMs: RemainingMs;
  readonly caller: Caller;
  /** The longest life of a token that this caller may have. */
  readonly maxTokenSeconds: number;
}
