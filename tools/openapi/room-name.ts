/** The name of a room, in a path and in an answer. */
import { EXAMPLE_ROOM, roomNameDescription } from '../../lib/domain/room.docs.ts';
import { ROOM_NAME } from '../../lib/domain/room.ts';
import { toPortablePattern } from './portable-pattern.ts';

export const roomNameSchema = {
  type: 'string',
  pattern: toPortablePattern(ROOM_NAME.source),
  maxLength: 128,
  description: roomNameDescription,
  examples: [EXAMPLE_ROOM],
};

export const roomName = { name: 'name', schema: roomNameSchema, example: EXAMPLE_ROOM };
