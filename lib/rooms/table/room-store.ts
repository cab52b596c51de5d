/**
 * Rooms in their table: a room as an item and back, and how it is read, put and removed.
 */
import {
  DeleteItem$,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import { isSessionOf } from '../../domain/session-id.ts';
import { parseSessionRequest, type SessionOptions } from '../../domain/session-request.ts';
import type { Room } from '../domain/room.ts';
import { parseRules, type RoomRules } from '../domain/room-rules.ts';
import { createRecordClosing } from './closing-store.ts';
import {
  createItemReader,
  createListItems,
  createReadItem,
  type Item,
  onlyIfAbsent,
  onlyIfOf,
  type RoomsTable,
  wasApplied,
} from './rooms-table.ts';

/**
 * Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. A room with the rule
 * `disconnectAtClose` is recorded for its closing before it is written.
 */
export interface RoomStore {
  /** Reads a room with strong consistency. Throws Fault `InvalidRoomItemError` as well. */
  readonly get: (name: string, remainingMs: RemainingMs) => Promise<Room | undefined>;
  /**
   * Puts a room if there is none of its name, or in place of `replaced` if that has not changed.
   * @returns false if the condition failed; an attempt with a lost response may have put this room
   */
  readonly put: (
    room: Room,
    replaced: Room | undefined,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /**
   * Replaces the rules of a room, even if another request has changed them since they were read.
   * @returns false if there is no room with this session any more, or it has got its first ban
   */
  readonly replace: (room: Room, remainingMs: RemainingMs) => Promise<boolean>;
}

export function createRoomStore(table: RoomsTable): RoomStore {
  const readItem = createReadItem(table);
  const putItem = table.createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  const recordClosing = createRecordClosing(table);
  return {
    get: async (name, remainingMs) => {
      const item = await readItem(toRoomKey(name), remainingMs);
      return item && fromItem(item);
    },
    put: async (room, replaced, remainingMs) => {
      await recordClosing(room, remainingMs);
      const condition = replaced ? onlyIfStill(replaced) : onlyIfAbsent;
      return wasApplied(putItem({ Item: toItem(room), ...condition }, remainingMs));
    },
    replace: async (room, remainingMs) => {
      await recordClosing(room, remainingMs);
      return wasApplied(putItem({ Item: toItem(room), ...onlyIfSameSession(room) }, remainingMs));
    },
  };
}

/**
 * Removal of rooms, apart from the store: only the function of hosts bundles it, and only its role may
 * delete. Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`.
 */
export interface RoomRemoval {
  /**
   * Removes the room that exists when the call begins, malformed or not, and none that is created
   * since: every attempt is conditional on the session.
   * @returns the id of its session
   */
  readonly remove: (name: string, remainingMs: RemainingMs) => Promise<string | undefined>;
  /**
   * Removes a room if it has not changed since it was read.
   * @returns false if the condition failed; an attempt with a lost response may have removed it
   */
  readonly removeIfStill: (room: Room, remainingMs: RemainingMs) => Promise<boolean>;
  /**
   * Removes up to 500 invites and knocks of a session that no room has any more. Items beyond that
   * expire, and have no effect until then.
   */
  readonly removeRest: (
    of: { readonly room: string; readonly sessionId: string },
    remainingMs: RemainingMs,
  ) => Promise<void>;
}

const MAX_REMOVED = 500;
const MAX_CONCURRENT_REMOVALS = 20;

export function createRoomRemoval(table: RoomsTable): RoomRemoval {
  const deleteItem = table.createCall<DeleteItemCommandInput, DeleteItemCommandOutput>(DeleteItem$);
  const listItems = createListItems(table);
  const readItem = createReadItem(table);
  return {
    remove: async (name, remainingMs) => {
      const Key = toRoomKey(name);
      const { sessionId } = (await readItem(Key, remainingMs)) ?? {};
      const condition = sessionId
        ? onlyIfOf(sessionId)
        : { ConditionExpression: 'attribute_not_exists(sessionId)' };
      await wasApplied(deleteItem({ Key, ...condition }, remainingMs));
      return sessionId?.S;
    },
    removeIfStill: (room, remainingMs) =>
      wasApplied(deleteItem({ Key: toRoomKey(room.name), ...onlyIfStill(room) }, remainingMs)),
    removeRest: async ({ room, sessionId }, remainingMs) => {
      const items = await listItems({ room, sessionId, limit: MAX_REMOVED }, remainingMs);
      const removeItem = async ({ room: name, item }: Item) => {
        const Key = { room: name, item } as Item;
        await wasApplied(deleteItem({ Key, ...onlyIfOf({ S: sessionId }) }, remainingMs));
      };
      await mapConcurrently(items, removeItem, { limit: MAX_CONCURRENT_REMOVALS });
    },
  };
}

/** Condition: the room has the session that was read, and no ban since, which the write would remove. */
function onlyIfSameSession({ sessionId, hasBans }: Room) {
  const { ConditionExpression, ...values } = onlyIfOf({ S: sessionId });
  const noBan = hasBans ? '' : ' AND attribute_not_exists(hasBans)';
  return { ...values, ConditionExpression: `${ConditionExpression}${noBan}` };
}

/** Condition: the room has the session and the rules that were read. */
function onlyIfStill(room: Room) {
  const { ConditionExpression: isSame, ExpressionAttributeValues: values } =
    onlyIfSameSession(room);
  if (room.revision === undefined) {
    return {
      ConditionExpression: `${isSame} AND attribute_not_exists(revision)`,
      ExpressionAttributeValues: values,
    };
  }
  return {
    ConditionExpression: `${isSame} AND revision = :revision`,
    ExpressionAttributeValues: { ...values, ':revision': { S: room.revision } },
  };
}

/** Sort key of the room itself; invites and knocks have other ones. */
export const ROOM_ITEM = 'room';

export function toRoomKey(name: string): Item {
  return { room: { S: name }, item: { S: ROOM_ITEM } };
}

/** Partition key of all rooms in the index `rooms` (room-list.ts). */
export const LISTING = 'rooms';

/** `expiresAt` is the TTL attribute of the table. */
export function toItem(room: Room): Item {
  return {
    ...toRoomKey(room.name),
    listing: { S: LISTING },
    sessionId: { S: room.sessionId },
    // The key of the index `sessions` (session-rooms.ts).
    roomSessionId: { S: room.sessionId },
    projectId: { S: room.projectId },
    options: { S: JSON.stringify(room.options) },
    createdAt: { N: String(room.createdAtSeconds) },
    ...(room.rules && room.revision !== undefined
      ? { rules: { S: JSON.stringify(room.rules) }, revision: { S: room.revision } }
      : {}),
    ...(room.expiresAtSeconds === undefined
      ? {}
      : { expiresAt: { N: String(room.expiresAtSeconds) } }),
    ...(room.hasBans && { hasBans: { BOOL: true } }),
    ...(room.seatCountId !== undefined && { seatCountId: { S: room.seatCountId } }),
  };
}

/** @throws Fault `InvalidRoomItemError`; its reason names the attribute */
export function fromItem(item: Item): Room {
  const read = createItemReader(item);
  // A room with unreadable rules is rejected, so it never admits everyone.
  const hasRules = item['rules'] !== undefined || item['revision'] !== undefined;
  const sessionId = read.text('sessionId');
  const projectId = read.text('projectId');
  return {
    name: read.room(),
    sessionId: isSessionOf(projectId, sessionId) ? sessionId : read.malformed('sessionId'),
    projectId,
    options: readOptions(read.text('options')) ?? read.malformed('options'),
    createdAtSeconds: read.count('createdAt'),
    expiresAtSeconds: item['expiresAt'] === undefined ? undefined : read.count('expiresAt'),
    rules: hasRules ? (readRules(read.text('rules')) ?? read.malformed('rules')) : undefined,
    revision: hasRules ? read.text('revision') : undefined,
    ...(item['hasBans'] && { hasBans: true }),
    ...(item['seatCountId'] && { seatCountId: read.text('seatCountId') }),
  };
}

function readOptions(json: string): SessionOptions | undefined {
  try {
    return parseSessionRequest(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** Returns `undefined` for rules that are malformed. */
export function readRules(json: string): RoomRules | undefined {
  try {
    return parseRules(JSON.parse(json));
  } catch {
    return undefined;
  }
}
