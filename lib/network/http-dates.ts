/** Reads the dates of HTTP headers (RFC 9110 sections 5.6.7 and 10.2.3). Pure: no clock. */
import type { WireResponse } from './send.ts';

/** The preferred format, the only one still sent. `Date.parse` alone reads `0` as the year 2000. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

const MAX_RETRY_AFTER_SECONDS = 24 * 60 * 60;

/** Returns milliseconds since the UNIX epoch, or NaN for any other value. */
export function parseHttpDateMs(value: unknown): number {
  return typeof value === 'string' && HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
}

/**
 * Returns the seconds of `Retry-After`. A date is compared with the response's own `Date`, so the
 * local clock does not matter. Ignores malformed values and more than a day.
 */
export function readRetryAfterSeconds({
  headers,
}: Pick<WireResponse, 'headers'>): number | undefined {
  const value = String(headers['retry-after']);
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : (parseHttpDateMs(value) - parseHttpDateMs(headers['date'])) / 1000;
  return seconds <= MAX_RETRY_AFTER_SECONDS ? Math.max(seconds, 0) : undefined;
}
