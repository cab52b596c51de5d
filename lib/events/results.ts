/**
 * The result events that answer asynchronous requests. Pure: no I/O.
 */
import type { ResultEvent } from '../results/result-event.ts';
import type { Problem } from './problem.ts';

/** The sender's own words for a request, which travel unchanged into its result. */
export interface Correlation {
  /** Id of the event or message that caused the result: the key to deduplicate on. */
  readonly eventId: string;
  /** What the sender put in for matching, if anything. */
  readonly reference?: string;
}

/** An EventBridge entry may have 256 KB in all; what JSON makes of a body can be longer than the body. */
const MAX_BODY_JSON_BYTES = 128 * 1024;

export function buildSuccess(
  type: string,
  answer: Readonly<Record<string, unknown>>,
  correlation: Correlation,
): ResultEvent {
  return { type, detail: { ...answer, ...correlation } };
}

/** @param body the message's text as it came, so that nothing of a refused message is lost */
export function buildFailure(
  type: string,
  problem: Problem,
  { body, ...correlation }: Correlation & { readonly body: unknown },
): ResultEvent {
  return { type, detail: { problem, ...correlation, ...toBodyFields(body) } };
}

function toBodyFields(body: unknown): Readonly<Record<string, unknown>> {
  const json = JSON.stringify(body) ?? 'null';
  if (Buffer.byteLength(json) <= MAX_BODY_JSON_BYTES) return { body };
  // At worst a character takes six bytes as JSON (an escape), so this much always fits.
  const text = typeof body === 'string' ? body : json;
  const beginning = text.slice(0, MAX_BODY_JSON_BYTES / 6);
  // Half a surrogate pair at the end could not travel: EventBridge carries UTF-8.
  return { body: beginning.replace(/[\ud800-\udbff]$/, ''), bodyTruncated: true };
}
