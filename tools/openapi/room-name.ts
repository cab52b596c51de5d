/** The name of a room, in a path and in an answer. */

import { ROOM_NAME } from '../../lib/rooms/domain/room.ts';
import { toPortablePattern } from './portable-pattern.ts';
import { EXAMPLE_ROOM, roomNameDescription } from './texts/room.ts';

export const roomNameSchema = {
  type: 'string',
  pattern: toPortablePattern(ROOM_NAME.source),
  maxLength: 128,
  description: roomNameDescription,
  examples: [EXAMPLE_ROOM],
};

export const roomName = { name: 'name', schema: roomNameSchema, example: EXAMPLE_ROOM };
