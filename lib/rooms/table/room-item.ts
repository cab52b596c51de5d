/**
 * A room as an item of the table, and back. Pure: no I/O.
 */

import { isSessionOf } from '../../domain/session-id.ts';
import { parseSessionRequest, type SessionOptions } from '../../domain/session-request.ts';
import type { Room } from '../domain/room.ts';
import { parseRules, type RoomRules } from '../domain/room-rules.ts';
import { createItemReader, type Item } from './item-reader.ts';

/** In the partition of a room: its own item, and no other one's key. */
const ROOM_ITEM = 'room';

export function toKey(name: string): Item {
  return { room: { S: name }, item: { S: ROOM_ITEM } };
}

/** `expiresAt` is the attribute that the table's time to live reads. */
export function toItem(room: Room): Item {
  return {
    ...toKey(room.name),
    sessionId: { S: room.sessionId },
    projectId: { S: room.projectId },
    options: { S: JSON.stringify(room.options) },
    createdAt: { N: String(room.createdAtSeconds) },
    ...(room.rules && room.revision !== undefined
      ? { rules: { S: JSON.stringify(room.rules) }, revision: { S: room.revision } }
      : {}),
    ...(room.expiresAtSeconds === undefined
      ? {}
      : { expiresAt: { N: String(room.expiresAtSeconds) } }),
  };
}

/** @throws Fault `InvalidRoomItemError` whose reason names the attribute */
export function fromItem(item: Item): Room {
  const read = createItemReader(item);
  // Rules that cannot be read are none that let everybody in.
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
  };
}

function readOptions(json: string): SessionOptions | undefined {
  try {
    return parseSessionRequest(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function readRules(json: string): RoomRules | undefined {
  try {
    return parseRules(JSON.parse(json));
  } catch {
    return undefined;
  }
}
