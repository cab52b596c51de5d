/**
 * A room as an item of the table, and back. Pure: no I/O.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { Fault } from '../domain/faults.ts';
import { isRoomName, type Room } from '../domain/room.ts';
import { parseRules, type RoomRules } from '../domain/room-rules.ts';
import { isSessionOf } from '../domain/session-id.ts';
import { parseSessionRequest, type SessionOptions } from '../domain/session-request.ts';

export type Item = Record<string, AttributeValue>;

/** The last second that JavaScript's dates have. */
const LAST_SECOND = 8_640_000_000_000;

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

/** @throws Fault `RoomMalformedError` whose reason names the attribute */
export function fromItem(item: Item): Room {
  const name = item['room']?.S;
  const readText = (attribute: string): string => item[attribute]?.S || malformed(name, attribute);
  const readSeconds = (attribute: string): number => {
    const text = item[attribute]?.N ?? '';
    const isTime = /^\d+$/.test(text) && Number(text) <= LAST_SECOND;
    return isTime ? Number(text) : malformed(name, attribute);
  };
  // Rules that cannot be read are none that let everybody in.
  const hasRules = item['rules'] !== undefined || item['revision'] !== undefined;
  const sessionId = readText('sessionId');
  const projectId = readText('projectId');
  return {
    name: isRoomName(name) ? name : malformed(name, 'room'),
    sessionId: isSessionOf(projectId, sessionId) ? sessionId : malformed(name, 'sessionId'),
    projectId,
    options: readOptions(readText('options')) ?? malformed(name, 'options'),
    createdAtSeconds: readSeconds('createdAt'),
    expiresAtSeconds: item['expiresAt'] === undefined ? undefined : readSeconds('expiresAt'),
    rules: hasRules ? (readRules(readText('rules')) ?? malformed(name, 'rules')) : undefined,
    revision: hasRules ? readText('revision') : undefined,
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

function malformed(name: string | undefined, attribute: string): never {
  throw new Fault('RoomMalformedError', 'The room cannot be read.', {
    reason: `The item of room ${name ?? '(without a name)'} is malformed: ${attribute}.`,
  });
}
