/** What the API's document says of the rules of a room. */

import { LOOKS_LIKE_MILLISECONDS } from '../../../lib/domain/token-request.ts';
import {
  MAX_PARTICIPANTS,
  REFERENCE_MAX_LENGTH,
  type RoomRules,
} from '../../../lib/rooms/domain/room-rules.ts';
import type { JsonSchema, WordsOf } from './field-words.ts';
import { LONG_PAST_SECONDS } from './token-request.ts';

/** An hour of 2100: an example in the past would be rejected. */
export const EXAMPLE_WINDOW = {
  opensAt: Date.UTC(2100, 0, 1, 9) / 1000,
  closesAt: Date.UTC(2100, 0, 1, 10) / 1000,
};

const seconds = { type: 'integer', minimum: 0, exclusiveMaximum: LOOKS_LIKE_MILLISECONDS };

export const ruleWords: WordsOf<RoomRules> = {
  opensAt: {
    description:
      'When the room opens for callers who are not hosts, in whole seconds since the UNIX epoch. Default: at once.',
    schema: { ...seconds, examples: [EXAMPLE_WINDOW.opensAt] },
  },
  closesAt: {
    description:
      'When the room closes: no token is issued from then on, and none is valid longer. In whole seconds since the UNIX epoch, later than now and than `opensAt`. Default: never.',
    schema: { ...seconds, minimum: LONG_PAST_SECONDS, examples: [EXAMPLE_WINDOW.closesAt] },
  },
  admission: {
    description:
      'Who gets a token: all callers who may join (`open`), callers that a host admits (`knock`), or only hosts (`closed`).',
  },
  defaultRole: {
    description:
      'The role of a token that is requested without a role, if the caller may have it. Default: `publisher`, or the highest role of the caller if that is lower.',
  },
  reference: {
    description:
      'Your own name for the room. Returned with the room and in its events, and never interpreted.',
    schema: { maxLength: REFERENCE_MAX_LENGTH, examples: ['appointment-4711'] },
  },
  maxParticipants: {
    description:
      'How many people fit into the room. People who are connected are counted, and people who got a token within the last 60 seconds. Moderators and trusted callers are counted, and always get in. Needs `liveRooms=true`. Default: no limit.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_PARTICIPANTS, examples: [10] },
  },
  disconnectAtClose: {
    description:
      'Whether everyone is disconnected at `closesAt`, hosts included; needs `closesAt`. It happens within a minute of `closesAt`, and again in the two minutes after. Only if the deployment has `liveRooms=true`. Default: false, people who are connected stay.',
  },
};

const orNull = (description: string): JsonSchema => ({
  type: ['integer', 'null'],
  minimum: 0,
  description,
});

export const ruleSchemas = {
  opensAt: orNull('From when on others than hosts get tokens; null for from the start.'),
  closesAt: orNull('When the room closes; null for never.'),
  admission: {
    type: 'string',
    enum: ['open', 'knock', 'closed'],
    description: 'Who gets a token.',
  },
  defaultRole: {
    type: ['string', 'null'],
    enum: ['subscriber', 'publisher', 'moderator', 'publisheronly', null],
    description: 'The role of a token that is requested without a role; null for the default.',
  },
  reference: {
    type: ['string', 'null'],
    maxLength: REFERENCE_MAX_LENGTH,
    description: 'Your own name for the room; null for none.',
  },
  maxParticipants: {
    type: ['integer', 'null'],
    minimum: 1,
    maximum: MAX_PARTICIPANTS,
    description: 'How many people fit into the room; null for no limit.',
  },
  disconnectAtClose: {
    type: 'boolean',
    description: 'Whether everyone is disconnected at `closesAt`.',
  },
  etag: {
    type: 'string',
    pattern: '^"[A-Za-z0-9_-]{22}"$',
    description: 'The entity tag, as the header `ETag` has it, for `If-Match`.',
  },
} satisfies Record<string, JsonSchema>;
