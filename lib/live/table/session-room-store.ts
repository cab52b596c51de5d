/**
 * The room of a session, in the item `session` of the session's partition (connection-store.ts). Callbacks name only the
 * session.
 *
 * With `liveRooms=true`, the functions that make rooms write the item before the room, so a room that exists has one:
 * the first callback of a session finds its room. The item expires after 30 days; the room of an older session, or
 * one from before `liveRooms=true`, is found in the index of sessions, and recorded again.
 */
import {
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { createReadItem, type Table } from '../../table/table.ts';
import { KEPT_SECONDS, toExpiry, toSessionKey } from './session-partition.ts';

export interface SessionRoom {
  readonly sessionId: string;
  /** The name of the room. */
  readonly name: string;
  readonly nowSeconds: number;
}

/** Records the room of a session. Can be repeated; throws what a call to the table throws. */
export type RecordRoom = (room: SessionRoom, remainingMs: RemainingMs) => Promise<void>;

/**
 * Returns the name of a session's room, if it was recorded. Strongly consistent; throws what a call to the table
 * throws.
 */
export type FindRecordedRoom = (
  sessionId: string,
  remainingMs: RemainingMs,
) => Promise<string | undefined>;

export function createRecordRoom(table: Table): RecordRoom {
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  return async ({ sessionId, name, nowSeconds }, remainingMs) => {
    await updateItem(
      {
        Key: toSessionKey(sessionId),
        UpdateExpression: 'SET roomName = :name, expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':name': { S: name },
          ':expiresAt': toExpiry(nowSeconds, KEPT_SECONDS),
        },
      },
      remainingMs,
    );
  };
}

export function createFindRecordedRoom(table: Table): FindRecordedRoom {
  const readItem = createReadItem(table);
  return async (sessionId, remainingMs) =>
    (await readItem(toSessionKey(sessionId), remainingMs))?.['roomName']?.S;
}
