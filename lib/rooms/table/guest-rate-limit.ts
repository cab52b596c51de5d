/**
 * Rate limit of unknown guests by client address: one counter per address and minute in the table,
 * shared by all containers. Known guests are counted in their own items (`knock-store.ts`).
 */
import {
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { type Item, type RoomsTable, wasApplied } from './rooms-table.ts';

const MINUTE_SECONDS = 60;

export interface CountedRequest {
  /** Requests with the same key share one limit. */
  readonly clientKey: string;
  readonly nowSeconds: number;
}

export interface GuestRateLimit {
  /** Requests per minute, of an address and of a known guest alike. */
  readonly perMinute: number;
  /**
   * Counts a request.
   * @returns false if the limit was reached before it
   * @throws Fault `RoomStoreUnavailableError` or `ConfigurationError`
   */
  readonly count: (request: CountedRequest, remainingMs: RemainingMs) => Promise<boolean>;
}

export function toMinute(nowSeconds: number): number {
  return Math.floor(nowSeconds / MINUTE_SECONDS);
}

/** No room has this partition key: room names do not contain `#`. */
function toKey({ clientKey, nowSeconds }: CountedRequest): Item {
  return { room: { S: `source#${clientKey}` }, item: { S: `minute#${toMinute(nowSeconds)}` } };
}

/** Returns the seconds until the next minute begins. */
export function toRetryAfterSeconds(nowSeconds: number): number {
  return MINUTE_SECONDS - (nowSeconds % MINUTE_SECONDS);
}

export function createGuestRateLimit(
  { createCall }: RoomsTable,
  perMinute: number,
): GuestRateLimit {
  const updateItem = createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  return {
    perMinute,
    // A retry after a lost response counts twice, which only makes the limit stricter.
    count: (request, remainingMs) =>
      wasApplied(
        updateItem(
          {
            Key: toKey(request),
            UpdateExpression: 'ADD requests :one SET expiresAt = :expiresAt',
            ConditionExpression: 'attribute_not_exists(requests) OR requests < :limit',
            ExpressionAttributeValues: {
              ':one': { N: '1' },
              ':limit': { N: String(perMinute) },
              ':expiresAt': { N: String(request.nowSeconds + 2 * MINUTE_SECONDS) },
            },
          },
          remainingMs,
        ),
      ),
  };
}
