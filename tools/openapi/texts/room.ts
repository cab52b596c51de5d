/** What the API's document says of rooms. */

import { ROOM_NAME_RULE, SAMPLE_ROOM_NAME_RULE } from '../../../lib/rooms/domain/room.ts';
import type { HostRoomView } from '../../../lib/rooms/domain/room-view.ts';
import type { JsonSchema, SchemasOf } from './field-words.ts';
import { ruleSchemas } from './room-rules.ts';
import { exampleSession, sessionSchemas } from './session.ts';

export const roomNameDescription = `Name of the room: ${ROOM_NAME_RULE.replace('must be ', '')}.`;
export const sampleRoomNameDescription = `Name of the room: ${SAMPLE_ROOM_NAME_RULE.replace('must be ', '')}. Other routes do not accept names with "+".`;
export const EXAMPLE_ROOM = 'standup';

export function roomSchemas(nameSchema: JsonSchema): SchemasOf<HostRoomView> {
  return {
    name: nameSchema,
    ...sessionSchemas,
    createdAt: {
      type: 'string',
      format: 'date-time',
      pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.]000Z$',
      description: 'When the room was created, to the second, in UTC.',
    },
    ...ruleSchemas,
  };
}

export const exampleRoom: HostRoomView = {
  name: EXAMPLE_ROOM,
  ...exampleSession,
  createdAt: '2025-11-24T16:00:00.000Z',
  ...{ opensAt: 1_764_000_000, closesAt: null, admission: 'open', defaultRole: null },
  ...{ reference: 'appointment-4711', maxParticipants: null, disconnectAtClose: false },
  etag: '"jWYdZ7Y3ysSM0mJXQdXpHA"',
};
