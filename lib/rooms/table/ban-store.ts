/**
 * Bans in the table, in the partition of their room. A ban is void for a later room of the same name.
 *
 * Joining a room reads the room anyway, and its `hasBans` says whether to read the ban of a person too. So
 * rooms without bans cost no call.
 */
import {
  DeleteItem$,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Room } from '../domain/room.ts';
import { toKnockKey } from './knock-store.ts';
import { toRoomKey } from './room-store.ts';
import { createReadItem, type Item, onlyIfOf, type RoomsTable, wasApplied } from './rooms-table.ts';

const BAN_PREFIX = 'ban#';

/** A person and a room. `personId` is the person's `participantId` and `knockId`. */
export interface PersonOfRoom {
  readonly room: Pick<Room, 'name' | 'sessionId'>;
  readonly personId: string;
}

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export type IsBanned = (of: PersonOfRoom, remainingMs: RemainingMs) => Promise<boolean>;

export interface BanStore {
  readonly isBanned: IsBanned;
  /** Whether the person has ever waited in the room, or has a place of an invite to it. */
  readonly hasKnocked: IsBanned;
  /**
   * Bans a person for as long as the room has its session. The ban of a person comes before the mark at
   * the room, so a ban without a mark belongs to a request that failed.
   * @returns false if the room has another session by now
   */
  readonly ban: (of: PersonOfRoom, remainingMs: RemainingMs) => Promise<boolean>;
  /** Lifts a ban if there is one. */
  readonly lift: (of: PersonOfRoom, remainingMs: RemainingMs) => Promise<void>;
}

function toBanKey({ room, personId }: PersonOfRoom): Item {
  return { room: { S: room.name }, item: { S: BAN_PREFIX + personId } };
}

/** For functions that only read bans. */
export function createIsBanned(table: RoomsTable): IsBanned {
  const readItem = createReadItem(table);
  return async (of, remainingMs) => {
    const item = await readItem(toBanKey(of), remainingMs);
    return item?.['sessionId']?.S === of.room.sessionId;
  };
}

export function createBanStore(table: RoomsTable): BanStore {
  const readItem = createReadItem(table);
  const putItem = table.createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  const deleteItem = table.createCall<DeleteItemCommandInput, DeleteItemCommandOutput>(DeleteItem$);
  return {
    isBanned: createIsBanned(table),
    hasKnocked: async ({ room, personId }, remainingMs) => {
      const item = await readItem(toKnockKey({ room: room.name, knockId: personId }), remainingMs);
      return item?.['sessionId']?.S === room.sessionId;
    },
    ban: async (of, remainingMs) => {
      const { name, sessionId } = of.room;
      await putItem({ Item: { ...toBanKey(of), sessionId: { S: sessionId } } }, remainingMs);
      const { ConditionExpression, ExpressionAttributeValues } = onlyIfOf({ S: sessionId });
      return wasApplied(
        updateItem(
          {
            Key: toRoomKey(name),
            UpdateExpression: 'SET hasBans = :true',
            ConditionExpression,
            ExpressionAttributeValues: { ...ExpressionAttributeValues, ':true': { BOOL: true } },
          },
          remainingMs,
        ),
      );
    },
    lift: async (of, remainingMs) => {
      const condition = onlyIfOf({ S: of.room.sessionId });
      await wasApplied(deleteItem({ Key: toBanKey(of), ...condition }, remainingMs));
    },
  };
}
