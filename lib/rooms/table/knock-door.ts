/**
 * What those at the door write and read: that they have knocked, that they still wait, that they come in.
 */
import {
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Knock } from '../domain/knock.ts';
import { fromKnockItem, toKnockExpiry, toKnockItem, toKnockKey } from './knock-item.ts';
import { createReadItem, onlyIfAbsent, type RoomsTable, wasApplied } from './rooms-table.ts';

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface KnockDoor {
  /** Reads what is true now. Throws Fault `InvalidRoomItemError` as well. */
  readonly get: (
    of: Pick<Knock, 'room' | 'knockId'>,
    remainingMs: RemainingMs,
  ) => Promise<Knock | undefined>;
  /**
   * Puts a knock where there is none, or in place of the one given as long as nobody has changed it.
   * @returns false when it is another by now, or this very one by an attempt before
   */
  readonly put: (
    knock: Knock,
    replaced: Knock | undefined,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /** Writes down that somebody still waits. @returns false when a host has decided meanwhile */
  readonly see: (knock: Knock, nowSeconds: number, remainingMs: RemainingMs) => Promise<boolean>;
  /**
   * Uses an admission up, for one invocation.
   * @returns false when another one has used it, or a host has thought better of it
   */
  readonly use: (
    knock: Knock,
    by: { readonly requestId: string; readonly nowSeconds: number },
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
}

const STATE = { '#state': 'state' };

/** It is the one that was read, by all that anybody changes. */
function onlyIfStill({ sessionId, seenAtSeconds, state, decidedAtSeconds }: Knock) {
  return {
    ConditionExpression:
      'sessionId = :sessionId AND seenAt = :seenAt AND #state = :state AND decidedAt = :decidedAt',
    ExpressionAttributeNames: STATE,
    ExpressionAttributeValues: {
      ':sessionId': { S: sessionId },
      ':seenAt': { N: String(seenAtSeconds) },
      ':state': { S: state },
      ':decidedAt': { N: String(decidedAtSeconds) },
    },
  };
}

export function createKnockDoor(table: RoomsTable): KnockDoor {
  const { createCall } = table;
  const readItem = createReadItem(table);
  const putItem = createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  const updateItem = createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  return {
    get: async (of, remainingMs) => {
      const item = await readItem(toKnockKey(of), remainingMs);
      return item && fromKnockItem(item);
    },
    put: (knock, replaced, remainingMs) => {
      const condition = replaced ? onlyIfStill(replaced) : onlyIfAbsent;
      return wasApplied(putItem({ Item: toKnockItem(knock), ...condition }, remainingMs));
    },
    see: (knock, nowSeconds, remainingMs) =>
      wasApplied(
        updateItem(
          {
            Key: toKnockKey(knock),
            UpdateExpression: 'SET seenAt = :now, expiresAt = :expiresAt',
            ConditionExpression: 'sessionId = :sessionId AND #state = :waiting',
            ExpressionAttributeNames: STATE,
            ExpressionAttributeValues: {
              ':now': { N: String(nowSeconds) },
              ':expiresAt': toKnockExpiry(nowSeconds),
              ':sessionId': { S: knock.sessionId },
              ':waiting': { S: 'waiting' },
            },
          },
          remainingMs,
        ),
      ),
    use: (knock, { requestId, nowSeconds }, remainingMs) =>
      wasApplied(
        updateItem(
          {
            Key: toKnockKey(knock),
            UpdateExpression: 'SET #state = :used, usedBy = :usedBy, expiresAt = :expiresAt',
            ConditionExpression:
              'sessionId = :sessionId AND decidedAt = :decidedAt AND (#state = :admitted OR (#state = :used AND usedBy = :usedBy))',
            ExpressionAttributeNames: STATE,
            ExpressionAttributeValues: {
              ':used': { S: 'used' },
              ':usedBy': { S: requestId },
              ':expiresAt': toKnockExpiry(nowSeconds),
              ':sessionId': { S: knock.sessionId },
              ':decidedAt': { N: String(knock.decidedAtSeconds) },
              ':admitted': { S: 'admitted' },
            },
          },
          remainingMs,
        ),
      ),
  };
}
