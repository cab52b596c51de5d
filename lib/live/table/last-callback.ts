/**
 * When the last callback arrived, for `serverless doctor`: one item, which each container writes at most
 * once a minute.
 */
import {
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Item, Table } from '../../table/table.ts';

const MIN_INTERVAL_MS = 60_000;

/** Key of the item; its attribute `at` is a time in milliseconds since the UNIX epoch. */
export const LAST_CALLBACK_KEY: Item = { room: { S: 'callback#last' }, item: { S: 'callback' } };

/** Throws what a call to the table throws. */
export type RecordLastCallback = (nowMs: number, remainingMs: RemainingMs) => Promise<void>;

export function createLastCallback(table: Table): RecordLastCallback {
  const putItem = table.createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  let recordedAtMs = Number.NEGATIVE_INFINITY;
  return async (nowMs, remainingMs) => {
    if (nowMs - recordedAtMs < MIN_INTERVAL_MS) return;
    recordedAtMs = nowMs;
    await putItem({ Item: { ...LAST_CALLBACK_KEY, at: { N: String(nowMs) } } }, remainingMs);
  };
}
