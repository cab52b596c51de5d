/**
 * The result events that answer asynchronous requests. Pure: no I/O.
 */
import type { ResultEvent } from '../results/event-bridge.ts';
import { isWritable, writeJsonStart } from './deep-json.ts';
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
/** At worst a character takes six bytes as JSON (an escape), so this much always fits. */
const MAX_BODY_TEXT_LENGTH = Math.floor(MAX_BODY_JSON_BYTES / 6);
/**
 * EventBridge takes JSON of 1000 levels, and integers of 64 bits (API reference, "PutEvents"); what
 * is around the body counts as well.
 */
const MAX_BODY_DEPTH = 990;

export function buildSuccess(
  type: string,
  answer: Readonly<Record<string, unknown>>,
  correlation: Correlation,
): ResultEvent {
  return { type, detail: { ...answer, ...correlation } };
}

/** @param body the message as it came, text or parsed, so that nothing of what was refused is lost */
export function buildFailure(
  type: string,
  problem: Problem,
  { body, ...correlation }: Correlation & { readonly body: unknown },
): ResultEvent {
  return { type, detail: { problem, ...correlation, ...toBodyFields(body) } };
}

/** The body as it is where EventBridge can carry that; else its text, or the beginning of it. */
function toBodyFields(body: unknown): Readonly<Record<string, unknown>> {
  if (isWritable(body, MAX_BODY_DEPTH)) {
    const json = JSON.stringify(body) ?? 'null';
    if (Buffer.byteLength(json) <= MAX_BODY_JSON_BYTES) return { body };
  }
  const { text, isWhole } =
    typeof body === 'string'
      ? { text: body.slice(0, MAX_BODY_TEXT_LENGTH), isWhole: false }
      : writeJsonStart(body, MAX_BODY_TEXT_LENGTH);
  if (isWhole) return { body: text };
  // Half a surrogate pair at the end could not travel: EventBridge carries UTF-8.
  return { body: text.replace(/[\ud800-\udbff]$/, ''), bodyTruncated: true };
}
