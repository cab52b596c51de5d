/**
 * A room as an item of the table, and back. Pure: no I/O.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { Fault } from '../domain/faults.ts';
import { isRoomName, type Room } from '../domain/room.ts';
import { isSessionOf } from '../domain/session-id.ts';
import { parseSessionRequest, type SessionOptions } from '../domain/session-request.ts';

export type Item = Record<string, AttributeValue>;

/** The last second that JavaScript's dates have. */
const LAST_SECOND = 8_640_000_000_000;

/** `expiresAt` is the attribute that the table's time to live reads. */
export function toItem(room: Room): Item {
  return {
    name: { S: room.name },
    sessionId: { S: room.sessionId },
    projectId: { S: room.projectId },
    options: { S: JSON.stringify(room.options) },
    createdAt: { N: String(room.createdAtSeconds) },
    ...(room.expiresAtSeconds === undefined
      ? {}
      : { expiresAt: { N: String(room.expiresAtSeconds) } }),
  };
}

/** @throws Fault `RoomMalformedError` whose reason names the attribute */
export function fromItem(item: Item): Room {
  const name = item['name']?.S;
  const readText = (attribute: string): string => item[attribute]?.S || malformed(name, attribute);
  const readSeconds = (attribute: string): number => {
    const text = item[attribute]?.N ?? '';
    const isTime = /^\d+$/.test(text) && Number(text) <= LAST_SECOND;
    return isTime ? Number(text) : malformed(name, attribute);
  };
  const sessionId = readText('sessionId');
  const projectId = readText('projectId');
  return {
    name: isRoomName(name) ? name : malformed(name, 'name'),
    sessionId: isSessionOf(projectId, sessionId) ? sessionId : malformed(name, 'sessionId'),
    projectId,
    options: readOptions(readText('options')) ?? malformed(name, 'options'),
    createdAtSeconds: readSeconds('createdAt'),
    expiresAtSeconds: item['expiresAt'] === undefined ? undefined : readSeconds('expiresAt'),
  };
}

function readOptions(json: string): SessionOptions | undefined {
  try {
    return parseSessionRequest(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function malformed(name: string | undefined, attribute: string): never {
  throw new Fault('RoomMalformedError', 'The room cannot be read.', {
    reason: `The item of room ${name ?? '(without a name)'} is malformed: ${attribute}.`,
  });
}
