/** Reads the dates of HTTP (RFC 9110 section 5.6.7). Pure: no clock. */

/** In the one form that is still sent. `Date.parse` alone takes `0` for the year 2000. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** @returns milliseconds since the UNIX epoch; NaN for what is no such date */
export function parseHttpDateMs(value: unknown): number {
  return typeof value === 'string' && HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
}
