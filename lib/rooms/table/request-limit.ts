/**
 * How often somebody without an account may ask, by the address that they ask from: counted in the
 * table, minute by minute, for all containers together.
 */
import {
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Item } from './rooms-table.ts';
import { type RoomsTable, wasApplied } from './rooms-table.ts';

const MINUTE_SECONDS = 60;

export interface CountedRequest {
  /** Whose requests are counted together. */
  readonly source: string;
  readonly nowSeconds: number;
}

/** Throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface RequestLimit {
  /** Counts a request. @returns false when the limit was reached before it */
  readonly count: (request: CountedRequest, remainingMs: RemainingMs) => Promise<boolean>;
}

/** No room is called so: names of rooms have no `#`. */
function toKey({ source, nowSeconds }: CountedRequest): Item {
  const minute = Math.floor(nowSeconds / MINUTE_SECONDS);
  return { room: { S: `source#${source}` }, item: { S: `minute#${minute}` } };
}

/** When the minute is over, in seconds from now. */
export function toRetryAfterSeconds(nowSeconds: number): number {
  return MINUTE_SECONDS - (nowSeconds % MINUTE_SECONDS);
}

/** @param perMinute how many requests a source has a minute */
export function createRequestLimit({ createCall }: RoomsTable, perMinute: number): RequestLimit {
  const updateItem = createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  return {
    // An attempt whose answer was lost counts twice, which only makes the limit stricter.
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
