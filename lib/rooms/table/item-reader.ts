/**
 * Reads an item of the table with distrust: other programs can write there too. Pure: no I/O.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isRoomName } from '../domain/room.ts';
import { roomFault } from '../faults.ts';

export type Item = Record<string, AttributeValue>;

/** The last second that JavaScript's dates have. */
const LAST_SECOND = 8_640_000_000_000;

/** Every method throws Fault `InvalidRoomItemError` whose reason names the attribute. */
export interface ItemReader {
  readonly room: () => string;
  /** A text that is not empty. */
  readonly text: (attribute: string) => string;
  /** A whole number from 0 on that a date can have. */
  readonly count: (attribute: string) => number;
  readonly bytes: (attribute: string) => Uint8Array;
  /** What follows the prefix in the item's key. */
  readonly idAfter: (prefix: string) => string;
  readonly malformed: (attribute: string) => never;
}

export function createItemReader(item: Item): ItemReader {
  const name = item['room']?.S;
  const malformed = (attribute: string): never => {
    throw roomFault('InvalidRoomItemError', 'The room cannot be read.', {
      reason: `The item of room ${name ?? '(without a name)'} is malformed: ${attribute}.`,
    });
  };
  return {
    room: () => (isRoomName(name) ? name : malformed('room')),
    text: (attribute) => item[attribute]?.S || malformed(attribute),
    count: (attribute) => {
      const text = item[attribute]?.N ?? '';
      const isTime = /^\d+$/.test(text) && Number(text) <= LAST_SECOND;
      return isTime ? Number(text) : malformed(attribute);
    },
    bytes: (attribute) => item[attribute]?.B ?? malformed(attribute),
    idAfter: (prefix) => {
      const key = item['item']?.S ?? '';
      return key.startsWith(prefix) ? key.slice(prefix.length) : malformed('item');
    },
    malformed,
  };
}
