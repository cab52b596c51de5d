/** The texts about participants in the API document. */
import { toPersonId } from '../../../lib/domain/identity.ts';
import {
  type BanView,
  PARTICIPANT_DECISIONS,
  type ParticipantView,
} from '../../../lib/rooms/domain/participant.ts';
import type { JsonSchema, SchemasOf } from './field-words.ts';
import { EXAMPLE_INVITE_ID } from './invite.ts';
import { EXAMPLE_KNOCK_ID, exampleKnock } from './knock.ts';

export const EXAMPLE_PARTICIPANT_ID = EXAMPLE_KNOCK_ID;
const EXAMPLE_CONNECTION_ID = '3a5f6f5e-6c0f-4b0a-9b1e-2f8c5d7a9e10';

export const participantIdSchema: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{22}$',
  description:
    'Id of a participant. It is the same each time the person returns, and the same value as their `knockId`. A connection of an unknown person has its own id.',
  examples: [EXAMPLE_PARTICIPANT_ID],
};

export const participantSchemas: SchemasOf<ParticipantView> = {
  participantId: participantIdSchema,
  sub: {
    type: ['string', 'null'],
    description:
      "The person: an end user's subject, or `guest:` and a random id. null if it is not known.",
  },
  name: { type: ['string', 'null'], description: 'Name of a guest. null if it is not known.' },
  since: {
    type: 'integer',
    minimum: 0,
    description: 'When the first of the connections began. Whole seconds since the UNIX epoch.',
  },
  connections: {
    type: 'array',
    items: { type: 'string', minLength: 1 },
    minItems: 1,
    description: "The platform's ids of the person's connections.",
  },
};

export const exampleParticipant: ParticipantView = {
  participantId: EXAMPLE_PARTICIPANT_ID,
  sub: exampleKnock.sub,
  name: exampleKnock.name,
  since: exampleKnock.since,
  connections: [EXAMPLE_CONNECTION_ID],
};

export const banSchemas: SchemasOf<BanView> = {
  participantId: participantIdSchema,
  sub: participantSchemas.sub,
  name: participantSchemas.name,
  inviteId: {
    type: ['string', 'null'],
    description:
      'The invite with which a guest came. While it has places left, they can come as another guest; delete the invite to prevent that. null for a user.',
  },
  since: {
    type: 'integer',
    minimum: 0,
    description: 'When the person was banned. Whole seconds since the UNIX epoch.',
  },
};

const BANNED_GUEST = 'guest:7h2Kc9vQm4Zs1yB6tNwXpL';

export const exampleBan: BanView = {
  participantId: toPersonId(BANNED_GUEST),
  sub: BANNED_GUEST,
  name: 'Mallory',
  inviteId: EXAMPLE_INVITE_ID,
  since: exampleKnock.since,
};

export const participantDecisionWords = {
  decision: {
    description: `${PARTICIPANT_DECISIONS.map((word) => `\`${word}\``).join(', ')}. \`remove\` disconnects the participant, who may join again. \`ban\` does so too and gives them no more tokens for the room, for as long as it has its session. \`allow\` lifts a ban.`,
  },
};

export const removalWords = {
  decision: { description: '`remove` disconnects everyone, hosts included. They may join again.' },
};
