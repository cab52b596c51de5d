/** The routes of participants. */

import { MAX_LISTED_BANS } from '../../lib/rooms/domain/participant.ts';
import { HOST_FAULTS, type Operation, PLATFORM_FAULTS, ROOM_STORE_FAULTS } from './operation.ts';
import { roomName } from './room-name.ts';
import {
  EXAMPLE_PARTICIPANT_ID,
  exampleBan,
  exampleParticipant,
  participantIdSchema,
} from './texts/participant.ts';

const participantId = {
  name: 'participantId',
  schema: participantIdSchema,
  example: EXAMPLE_PARTICIPANT_ID,
};
const ofHosts = 'For trusted callers and moderators.';
const faults = [
  'RoomNotFoundError',
  ...HOST_FAULTS,
  ...PLATFORM_FAULTS,
  ...ROOM_STORE_FAULTS,
] as const;

export const participantOperations: readonly Operation[] = [
  {
    route: 'GET /rooms/{name}/participants',
    operationId: 'listParticipants',
    tag: 'Participants',
    summary: 'List who is in a room, and who is banned',
    description: `Lists the people with a client in the session of a room, in the order of arrival, and at most ${MAX_LISTED_BANS} people who are banned from it. ${ofHosts}`,
    pathParameters: [roomName],
    success: {
      status: 200,
      description: 'The participants and the bans.',
      schema: 'ParticipantList',
      example: { participants: [exampleParticipant], banned: [exampleBan] },
    },
    faults,
  },
  {
    route: 'PUT /rooms/{name}/participants',
    operationId: 'removeEveryone',
    tag: 'Participants',
    summary: 'Disconnect everyone',
    description: `Disconnects everyone who is in a room, hosts included. To end a meeting, first put the room with \`admission\` \`closed\`, so that only hosts can join again. If the room was created by joining it and never put, put it with \`{}\` before that: its first rules that keep anyone out give it a new session, and its clients stay in the old one. After an error, some may be disconnected; retry. ${ofHosts}`,
    pathParameters: [roomName],
    body: { schema: 'Removal', isRequired: true, examples: { remove: { decision: 'remove' } } },
    success: { status: 204, description: 'Everyone who was in the room is disconnected.' },
    faults,
  },
  {
    route: 'PUT /rooms/{name}/participants/{participantId}',
    operationId: 'decideParticipant',
    tag: 'Participants',
    summary: 'Remove, ban or allow a person',
    description: `Disconnects all connections of a participant, bans a person, or lifts a ban. Banning works also for a known person who is not connected: one who has knocked, has a place of an invite, or (with \`liveRooms\`) has connected within 30 days. Where end users get tokens by session id, bans are rejected, because such tokens would bypass them. ${ofHosts}`,
    pathParameters: [roomName, participantId],
    body: {
      schema: 'ParticipantDecision',
      isRequired: true,
      examples: { remove: { decision: 'remove' }, ban: { decision: 'ban' } },
    },
    success: { status: 204, description: 'Done: the person is disconnected, banned or allowed.' },
    faults: ['ParticipantNotFoundError', 'ParticipantUnidentifiedError', ...faults],
  },
];
