/**
 * Builds the result events of asynchronous requests. Pure: no I/O.
 */
import type { ResultEvent } from '../results/event-bridge.ts';
import { isWritable, writeJsonStart } from './deep-json.ts';
import type { Problem } from './problem.ts';

/** By what the sender recognizes the result of a request. */
export interface Correlation {
  /** Id of the event or message: the key to deduplicate by. */
  readonly eventId: string;
  /** The reference that the sender gave, if any. */
  readonly reference?: string;
}

/** An EventBridge entry may have 256 KB, and a body can become longer as JSON. */
const MAX_BODY_JSON_BYTES = 128 * 1024;
/** A character takes at most six bytes as JSON (an escape), so this length always fits. */
const MAX_BODY_TEXT_LENGTH = Math.floor(MAX_BODY_JSON_BYTES / 6);
/**
 * EventBridge accepts JSON of 1000 levels and integers of 64 bits (API reference, "PutEvents"). The levels
 * around the body count too.
 */
const MAX_BODY_DEPTH = 990;

export function buildSuccess(
  type: string,
  answer: Readonly<Record<string, unknown>>,
  correlation: Correlation,
): ResultEvent {
  return { type, detail: { ...answer, ...correlation } };
}

/** @param body the message as it came, text or parsed, so that a rejected request is not lost */
export function buildFailure(
  type: string,
  problem: Problem,
  { body, ...correlation }: Correlation & { readonly body: unknown },
): ResultEvent {
  return { type, detail: { problem, ...correlation, ...toBodyFields(body) } };
}

/** Returns the body as it is if EventBridge can carry it; else its text, truncated if necessary. */
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
  // EventBridge accepts UTF-8, which cannot represent half a surrogate pair.
  return { body: text.replace(/[\ud800-\udbff]$/, ''), bodyTruncated: true };
}
