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
import { type Ban, MAX_LISTED_BANS } from '../domain/participant.ts';
import type { Room } from '../domain/room.ts';
import { toKnockKey } from './knock-store.ts';
import { toRoomKey } from './room-store.ts';
import {
  createItemReader,
  createListItems,
  createReadItem,
  type Item,
  onlyIfOf,
  type RoomsTable,
  wasApplied,
} from './rooms-table.ts';

const BAN_PREFIX = 'ban#';

/** A person and a room. `personId` is the person's `participantId` and `knockId`. */
export interface PersonOfRoom {
  readonly room: Pick<Room, 'name' | 'sessionId'>;
  readonly personId: string;
}

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export type IsBanned = (of: PersonOfRoom, remainingMs: RemainingMs) => Promise<boolean>;

export interface BanStore {
  /** Returns the session for which a person is banned, perhaps an earlier one of the room; `undefined` for no ban. */
  readonly findSession: (
    of: { readonly name: string; readonly personId: string },
    remainingMs: RemainingMs,
  ) => Promise<string | undefined>;
  /** Returns the ban of a person; `undefined` for none. Throws Fault `InvalidRoomItemError` as well. */
  readonly find: (of: PersonOfRoom, remainingMs: RemainingMs) => Promise<Ban | undefined>;
  /** Returns the bans of a room, at most 1,000, in no order. Throws Fault `InvalidRoomItemError` as well. */
  readonly list: (room: PersonOfRoom['room'], remainingMs: RemainingMs) => Promise<readonly Ban[]>;
  /** Returns what is known of a person who has ever waited in the room, or has a place of an invite to it. */
  readonly findKnocker: (
    of: PersonOfRoom,
    remainingMs: RemainingMs,
  ) => Promise<Pick<Ban, 'sub' | 'name' | 'inviteId'> | undefined>;
  /**
   * Bans a person for as long as the room has its session. The ban of a person comes before the mark at
   * the room, so a ban without a mark belongs to a request that failed.
   * @returns false if the room has another session by now
   */
  readonly ban: (
    room: PersonOfRoom['room'],
    ban: Ban,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /** Lifts a ban if there is one. */
  readonly lift: (of: PersonOfRoom, remainingMs: RemainingMs) => Promise<void>;
}

function toBanKey({
  room,
  personId,
}: {
  readonly room: Pick<Room, 'name'>;
  readonly personId: string;
}): Item {
  return { room: { S: room.name }, item: { S: BAN_PREFIX + personId } };
}

/** For functions that only read bans. */
export function createIsBanned(table: RoomsTable): IsBanned {
  const readItem = createReadItem(table);
  return async (of, remainingMs) => {
    const item = await readItem(toBanKey(of), remainingMs);
    return item !== undefined && isOf(item, of.room);
  };
}

/** A ban and a knock are void for a later room of the same name. */
function isOf(item: Item, { sessionId }: PersonOfRoom['room']): boolean {
  return item['sessionId']?.S === sessionId;
}

function toItem(room: PersonOfRoom['room'], ban: Ban): Item {
  const { personId, sub, name, inviteId, bannedAtSeconds } = ban;
  return {
    ...toBanKey({ room, personId }),
    sessionId: { S: room.sessionId },
    bannedAt: { N: String(bannedAtSeconds) },
    ...(sub !== undefined && { sub: { S: sub } }),
    ...(name !== undefined && { name: { S: name } }),
    ...(inviteId !== undefined && { inviteId: { S: inviteId } }),
  };
}

function toBan(item: Item): Ban {
  const read = createItemReader(item);
  return {
    personId: read.idAfter(BAN_PREFIX),
    bannedAtSeconds: read.count('bannedAt'),
    ...toKnown(item),
  };
}

function toKnown({ sub, name, inviteId }: Item): Pick<Ban, 'sub' | 'name' | 'inviteId'> {
  return { sub: sub?.S, name: name?.S, inviteId: inviteId?.S };
}

export function createBanStore(table: RoomsTable): BanStore {
  const readItem = createReadItem(table);
  const listItems = createListItems(table);
  const putItem = table.createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  const deleteItem = table.createCall<DeleteItemCommandInput, DeleteItemCommandOutput>(DeleteItem$);
  return {
    findSession: async ({ name, personId }, remainingMs) => {
      const item = await readItem(toBanKey({ room: { name }, personId }), remainingMs);
      return item?.['sessionId']?.S;
    },
    find: async (of, remainingMs) => {
      const item = await readItem(toBanKey(of), remainingMs);
      return item && isOf(item, of.room) ? toBan(item) : undefined;
    },
    list: async ({ name: room, sessionId }, remainingMs) => {
      const query = { room, sessionId, prefix: BAN_PREFIX, limit: MAX_LISTED_BANS };
      return (await listItems(query, remainingMs)).map(toBan);
    },
    findKnocker: async ({ room, personId }, remainingMs) => {
      const item = await readItem(toKnockKey({ room: room.name, knockId: personId }), remainingMs);
      return item && isOf(item, room) ? toKnown(item) : undefined;
    },
    ban: async (room, ban, remainingMs) => {
      const { name, sessionId } = room;
      await putItem({ Item: toItem(room, ban) }, remainingMs);
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
