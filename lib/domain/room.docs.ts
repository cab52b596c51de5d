/** What the API's document says of rooms. */
import type { JsonSchema, SchemasOf } from './field-words.docs.ts';
import { ROOM_NAME_RULE, type RoomView } from './room.ts';
import { exampleSession, sessionSchemas } from './session.docs.ts';

export const roomNameDescription = `Name of the room: ${ROOM_NAME_RULE.replace('must be ', '')}.`;
export const EXAMPLE_ROOM = 'standup';

export function roomSchemas(nameSchema: JsonSchema): SchemasOf<RoomView> {
  return {
    name: nameSchema,
    ...sessionSchemas,
    createdAt: {
      type: 'string',
      format: 'date-time',
      pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.]000Z$',
      description: 'When the room was created, to the second, in UTC.',
    },
  };
}

export const exampleRoom: RoomView = {
  name: EXAMPLE_ROOM,
  ...exampleSession,
  createdAt: '2025-11-24T16:00:00.000Z',
};
