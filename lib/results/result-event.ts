/**
 * What is published of an asynchronous request. Pure: no I/O.
 */

import type { RemainingMs } from '../domain/deadline.ts';

/** What the outcome of a message is published as. */
export interface ResultEvent {
  /** EventBridge `detail-type`. */
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Publishes one event, or throws; then nobody knows whether it arrived, and it may be sent again. */
export type PublishResult = (event: ResultEvent, remainingMs: RemainingMs) => Promise<void>;
