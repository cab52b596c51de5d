/**
 * What hosts do about those at the door: see them, and say whether they come in.
 */
import {
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Decision, Knock } from '../domain/knock.ts';
import type { Room } from '../domain/room.ts';
import { fromKnockItem, KNOCK_PREFIX, toKnockExpiry, toKnockKey } from './knock-item.ts';
import { createListItems, type RoomsTable, wasApplied } from './rooms-table.ts';

export interface KnockDecision {
  readonly room: Room;
  readonly knockId: string;
  readonly decision: Decision;
  readonly nowSeconds: number;
  /** Whether only somebody who waits is meant, and no one whom another host has decided about. */
  readonly onlyWaiting: boolean;
}

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface KnockList {
  /**
   * Those who wait, and were seen since then: whoever has left lies in the table for a while, and may
   * be many. Throws Fault `InvalidRoomItemError` as well.
   */
  readonly listWaiting: (
    room: Room,
    seenSinceSeconds: number,
    remainingMs: RemainingMs,
  ) => Promise<Knock[]>;
  /** @returns false when nobody is meant; the last of several decisions holds */
  readonly decide: (decision: KnockDecision, remainingMs: RemainingMs) => Promise<boolean>;
}

export function createKnockList(table: RoomsTable): KnockList {
  const listItems = createListItems(table);
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  return {
    listWaiting: async ({ name, sessionId }, seenSinceSeconds, remainingMs) => {
      const where = {
        FilterExpression: '#state = :waiting AND seenAt >= :since',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':waiting': { S: 'waiting' },
          ':since': { N: String(seenSinceSeconds) },
        },
      };
      const query = { room: name, prefix: KNOCK_PREFIX, sessionId, where };
      return (await listItems(query, remainingMs)).map(fromKnockItem);
    },
    decide: (decision, remainingMs) =>
      wasApplied(updateItem(toDecisionInput(decision), remainingMs)),
  };
}

/** A denial lasts as long as the room does, which can be given more time later. */
const DENIAL_SECONDS = 366 * 24 * 60 * 60;

/** Time to live removes what is over within days, not at once; a no is over when a host takes it back. */
const IS_MEANT =
  'sessionId = :sessionId AND (attribute_not_exists(expiresAt) OR expiresAt > :now OR #state = :denied)';

function toDecisionInput(given: KnockDecision): Omit<UpdateItemCommandInput, 'TableName'> {
  const { room, knockId, decision, nowSeconds, onlyWaiting } = given;
  const isDenial = decision === 'deny';
  const expiresAt = isDenial ? toDenialExpiry(room, nowSeconds) : toKnockExpiry(nowSeconds);
  return {
    Key: toKnockKey({ room: room.name, knockId }),
    UpdateExpression: expiresAt
      ? 'SET #state = :state, decidedAt = :now, expiresAt = :expiresAt'
      : 'SET #state = :state, decidedAt = :now REMOVE expiresAt',
    ConditionExpression: onlyWaiting ? `${IS_MEANT} AND #state = :waiting` : IS_MEANT,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':state': { S: isDenial ? 'denied' : 'admitted' },
      ':now': { N: String(nowSeconds) },
      ':sessionId': { S: room.sessionId },
      ...(expiresAt ? { ':expiresAt': expiresAt } : {}),
      ':denied': { S: 'denied' },
      ...(onlyWaiting ? { ':waiting': { S: 'waiting' } } : {}),
    },
  };
}

/** `undefined` for never. */
function toDenialExpiry({ expiresAtSeconds }: Room, nowSeconds: number) {
  if (expiresAtSeconds === undefined) return undefined;
  return { N: String(Math.max(expiresAtSeconds, nowSeconds + DENIAL_SECONDS)) };
}
