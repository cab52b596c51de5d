/**
 * Rooms that disconnect everyone when they close, in the order of their closing: one partition of the table with an
 * item per room and time, `<closesAt>#<room>`. So finding what is due costs one query of what is due.
 *
 * The item of a closing is written before the room. If the room is not written then, or changes later, the item is void:
 * whether a room closes is decided by the room (use-cases/close-rooms.ts). One partition takes 1,000 writes a second,
 * like the index of rooms, which each of these rooms is written to as well.
 */
import {
  DeleteItem$,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
  Query$,
  type QueryCommandInput,
  type QueryCommandOutput,
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { isStoredRoomName } from '../domain/room.ts';
import type { RoomRules } from '../domain/room-rules.ts';
import { type Item, type RoomsTable, wasApplied } from './rooms-table.ts';

/** A room that was to close at this time when its rules were put. */
export interface Closing {
  /** The name of the room. */
  readonly name: string;
  readonly closesAtSeconds: number;
  /** When the clients of the room were last disconnected, or failed to be; `undefined` for never. */
  readonly triedAtSeconds: number | undefined;
}

/** Every method can be repeated, and throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface ClosingStore {
  /** Returns closings of the last 24 hours up to now that are not done, the oldest first; at most 10,000. */
  readonly listDue: (nowSeconds: number, remainingMs: RemainingMs) => Promise<readonly Closing[]>;
  readonly markTried: (
    closing: Closing,
    nowSeconds: number,
    remainingMs: RemainingMs,
  ) => Promise<void>;
  readonly remove: (closing: Closing, remainingMs: RemainingMs) => Promise<void>;
}

/** Names of rooms have no `#`, so no room has this partition. */
const PARTITION = 'closing#';
/** How long a closing is retried while it fails. */
export const RETRIED_SECONDS = 24 * 60 * 60;
/** A megabyte or so, and more than a run gets done. */
const MAX_DUE = 10_000;
/** `closesAt` has fewer digits than a time in milliseconds. */
const DIGITS = 12;

/** Sort keys of closings at this second begin with it. */
function toTimeKey(seconds: number): string {
  return String(Math.max(seconds, 0)).padStart(DIGITS, '0');
}

function toKey({ name, closesAtSeconds }: Pick<Closing, 'name' | 'closesAtSeconds'>): Item {
  return { room: { S: PARTITION }, item: { S: `${toTimeKey(closesAtSeconds)}#${name}` } };
}

/** Records the closing of a room with the rule `disconnectAtClose`, and does nothing for other rooms. */
export type RecordClosing = (
  room: { readonly name: string; readonly rules: RoomRules | undefined },
  remainingMs: RemainingMs,
) => Promise<void>;

/** For functions that put rooms. */
export function createRecordClosing(table: RoomsTable): RecordClosing {
  const putItem = table.createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  return async ({ name, rules }, remainingMs) => {
    if (!rules?.disconnectAtClose || rules.closesAt === undefined) return;
    const { closesAt } = rules;
    const expiresAt = { N: String(closesAt + RETRIED_SECONDS) };
    const Item = { ...toKey({ name, closesAtSeconds: closesAt }), expiresAt };
    await putItem({ Item }, remainingMs);
  };
}

export function createClosingStore(table: RoomsTable): ClosingStore {
  const query = table.createCall<QueryCommandInput, QueryCommandOutput>(Query$);
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  const deleteItem = table.createCall<DeleteItemCommandInput, DeleteItemCommandOutput>(DeleteItem$);
  return {
    listDue: async (nowSeconds, remainingMs) => {
      const due: Closing[] = [];
      let start: Item | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await query(
          {
            KeyConditionExpression: '#room = :closing AND #item BETWEEN :from AND :after',
            ExpressionAttributeNames: { '#room': 'room', '#item': 'item' },
            ExpressionAttributeValues: {
              ':closing': { S: PARTITION },
              ':from': { S: toTimeKey(nowSeconds - RETRIED_SECONDS) },
              ':after': { S: toTimeKey(nowSeconds + 1) },
            },
            ConsistentRead: true,
            ...(start && { ExclusiveStartKey: start }),
          },
          remainingMs,
        );
        due.push(...Items.flatMap(fromItem));
        start = LastEvaluatedKey;
      } while (start && due.length < MAX_DUE);
      return due.slice(0, MAX_DUE);
    },
    markTried: async (closing, nowSeconds, remainingMs) => {
      await wasApplied(
        updateItem(
          {
            Key: toKey(closing),
            UpdateExpression: 'SET triedAt = :now',
            // Another run may have removed it.
            ConditionExpression: 'attribute_exists(#room)',
            ExpressionAttributeNames: { '#room': 'room' },
            ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
          },
          remainingMs,
        ),
      );
    },
    remove: async (closing, remainingMs) => {
      await deleteItem({ Key: toKey(closing) }, remainingMs);
    },
  };
}

/** Returns nothing for an item that another program has written. */
function fromItem({ item, triedAt }: Item): Closing[] {
  const [, seconds, name] = /^(\d+)#(.+)$/s.exec(item?.S ?? '') ?? [];
  if (!isStoredRoomName(name)) return [];
  const triedAtSeconds = triedAt === undefined ? undefined : Number(triedAt.N);
  return [{ name, closesAtSeconds: Number(seconds), triedAtSeconds }];
}
