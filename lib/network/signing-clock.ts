/**
 * The time that requests to AWS are signed with. AWS refuses a signature whose time is five minutes
 * off, by several names; Lambda keeps its machines' clocks, but says nothing of one that was frozen.
 * No clock of its own: it is an argument.
 */
import { parseHttpDateMs } from './http-date.ts';

export interface SigningClock {
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
  /**
   * Sets the clock by the `Date` of an answer that was an error.
   * @returns whether it was far off, so that the same request may be taken now
   */
  readonly correct: (date: unknown) => boolean;
}

/** A little less than what AWS puts up with. */
const MAX_SKEW_MS = 4 * 60 * 1000;

export function createSigningClock(now: () => number): SigningClock {
  let offsetMs = 0;
  return {
    now: () => now() + offsetMs,
    correct: (date) => {
      const skewMs = parseHttpDateMs(date) - (now() + offsetMs);
      // Also for a date that cannot be read.
      if (!(Math.abs(skewMs) >= MAX_SKEW_MS)) return false;
      offsetMs += skewMs;
      return true;
    },
  };
}
