/** Errors of requests, as one sentence for the person at the page. */
import { ProblemError } from '../client/index.ts';

export function describeError(cause: unknown): string {
  if (cause instanceof ProblemError) {
    const reference = cause.requestId ? ` (request ${cause.requestId})` : '';
    return `${cause.name}: ${cause.message}${reference}`;
  }
  // `fetch` throws a TypeError if there is no connection, and gives no reason.
  if (cause instanceof TypeError) {
    return `No response from ${location.origin}. Is npm start still running?`;
  }
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    return `No response from ${location.origin} within 30 seconds. Look at the terminal of npm start.`;
  }
  return cause instanceof Error ? cause.message : String(cause);
}
