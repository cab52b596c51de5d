/**
 * Which callbacks have been published, so a callback that is delivered twice becomes one event. An
 * invocation claims a callback, publishes it, and then marks it as published. If it fails in between, the
 * claim expires, and the next delivery publishes the callback.
 */
import {
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { createReadItem, type Item, type Table, wasApplied } from '../../table/table.ts';

export interface Claim {
  /** SHA-256 of the callback's body in hex. */
  readonly payloadHash: string;
  /** The id of the invocation: a retried write recognizes its own claim by it. */
  readonly requestId: string;
  readonly nowMs: number;
}

/** Every method throws what a call to the table throws. */
export interface CallbackClaims {
  /**
   * Claims a callback for one invocation.
   *
   * @returns `claimed`, `published` if the callback is an event already, or `busy` while another invocation
   *   publishes it
   */
  readonly claim: (
    claim: Claim,
    remainingMs: RemainingMs,
  ) => Promise<'claimed' | 'published' | 'busy'>;
  /** Marks a callback as published. */
  readonly complete: (claim: Claim, remainingMs: RemainingMs) => Promise<void>;
  /** Ends a claim early, so the next delivery need not wait until it expires. */
  readonly release: (claim: Claim, remainingMs: RemainingMs) => Promise<void>;
}

/** Longer than publishing may take (lib/results/event-bridge.ts). */
export const CLAIM_MS = 3_000;
/** A signature is valid for 24 hours, and from 5 minutes before its time of issue. */
export const KEPT_SECONDS = 24 * 60 * 60 + 10 * 60;

/** Names of rooms have no `#`, so no room has this key. */
function toKey({ payloadHash }: Claim): Item {
  return { room: { S: `callback#${payloadHash}` }, item: { S: 'callback' } };
}

export function createCallbackClaims(table: Table): CallbackClaims {
  const readItem = createReadItem(table);
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);

  const setState = async (
    claim: Claim,
    state: 'published' | 'released',
    remainingMs: RemainingMs,
  ) => {
    await wasApplied(
      updateItem(
        {
          Key: toKey(claim),
          UpdateExpression: 'SET #state = :state',
          ConditionExpression: 'claimedBy = :me',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':state': { S: state }, ':me': { S: claim.requestId } },
        },
        remainingMs,
      ),
    );
  };

  return {
    claim: async (claim, remainingMs) => {
      const { requestId, nowMs } = claim;
      const nowSeconds = Math.floor(nowMs / 1000);
      const isApplied = await wasApplied(
        updateItem(
          {
            Key: toKey(claim),
            UpdateExpression:
              'SET #state = :claimed, claimedBy = :me, claimedUntilMs = :until, expiresAt = :expiresAt',
            ConditionExpression:
              'attribute_not_exists(#state) OR #state = :released OR (#state = :claimed AND claimedUntilMs <= :now) OR expiresAt <= :nowSeconds',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':claimed': { S: 'claimed' },
              ':released': { S: 'released' },
              ':me': { S: requestId },
              ':now': { N: String(nowMs) },
              ':until': { N: String(nowMs + CLAIM_MS) },
              ':nowSeconds': { N: String(nowSeconds) },
              ':expiresAt': { N: String(nowSeconds + KEPT_SECONDS) },
            },
          },
          remainingMs,
        ),
      );
      if (isApplied) return 'claimed';
      const { state, claimedBy } = (await readItem(toKey(claim), remainingMs)) ?? {};
      if (state?.S === 'published') return 'published';
      // An earlier attempt of the write succeeded, and its response was lost.
      return state?.S === 'claimed' && claimedBy?.S === requestId ? 'claimed' : 'busy';
    },
    complete: (claim, remainingMs) => setState(claim, 'published', remainingMs),
    release: (claim, remainingMs) => setState(claim, 'released', remainingMs),
  };
}
