/** The name of a room, in a path and in a response. */

import { ROOM_NAME, SAMPLE_ROOM_NAME } from '../../lib/rooms/domain/room.ts';
import { toPortablePattern } from './portable-pattern.ts';
import { EXAMPLE_ROOM, roomNameDescription, sampleRoomNameDescription } from './texts/room.ts';

export const roomNameSchema = {
  type: 'string',
  pattern: toPortablePattern(ROOM_NAME.source),
  maxLength: 128,
  description: roomNameDescription,
  examples: [EXAMPLE_ROOM],
};

export const roomName = { name: 'name', schema: roomNameSchema, example: EXAMPLE_ROOM };

/** On the sample routes, where names may contain `+`. */
export const sampleRoomNameSchema = {
  ...roomNameSchema,
  pattern: toPortablePattern(SAMPLE_ROOM_NAME.source),
  description: sampleRoomNameDescription,
};

/** Of any room that exists. */
export const storedRoomNameSchema = {
  ...sampleRoomNameSchema,
  description: 'Name of the room. Only a room of the sample routes has a "+" in its name.',
};

export const sampleRoomName = { ...roomName, schema: sampleRoomNameSchema };
