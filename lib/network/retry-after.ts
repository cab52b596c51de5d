/** Reads `Retry-After` (RFC 9110 section 10.2.3). Pure: no clock. */
import { parseHttpDateMs } from './http-date.ts';
import type { WireResponse } from './send.ts';

const LONGEST_RETRY_AFTER_SECONDS = 24 * 60 * 60;

/**
 * Whole seconds, or a date, which is compared with the answer's own so that no clock of ours is
 * asked. Nonsense and more than a day are left unread.
 */
export function readRetryAfterSeconds({
  headers,
}: Pick<WireResponse, 'headers'>): number | undefined {
  const value = String(headers['retry-after']);
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : (parseHttpDateMs(value) - parseHttpDateMs(headers['date'])) / 1000;
  return seconds <= LONGEST_RETRY_AFTER_SECONDS ? Math.max(seconds, 0) : undefined;
}
