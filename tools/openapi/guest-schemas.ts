/** Schemas of invites, guests, the waiting room and participants. */

import { guestRequest } from '../../lib/rooms/domain/guest-request.ts';
import { inviteRequest } from '../../lib/rooms/domain/invite.ts';
import { MAX_LISTED_BANS } from '../../lib/rooms/domain/participant.ts';
import {
  decisionRequest,
  decisionsRequest,
  participantDecisionRequest,
  removalRequest,
} from '../../lib/rooms/routes/decision.ts';
import { exampleGuest } from './guest-operations.ts';
import { toRequestSchema } from './request-schema.ts';
import { PROJECT_NAMES, refTo, toResponseSchema } from './response-schema.ts';
import { roomNameSchema } from './room-name.ts';
import type { JsonSchema } from './texts/field-words.ts';
import {
  EXAMPLE_INVITE,
  exampleInvite,
  guestRequestWords,
  guestSecretSchema,
  inviteRequestWords,
  inviteSchemas,
  inviteSecretSchema,
} from './texts/invite.ts';
import { tokenSchemas } from './texts/issue-token.ts';
import {
  decisionsWords,
  decisionWords,
  exampleKnock,
  exampleWaiting,
  knockSchemas,
  waitingSchemas,
} from './texts/knock.ts';
import {
  banSchemas,
  exampleBan,
  exampleParticipant,
  participantDecisionWords,
  participantSchemas,
  removalWords,
} from './texts/participant.ts';
import { eitherProject } from './texts/session.ts';

export function buildGuestSchemas(): Readonly<Record<string, JsonSchema>> {
  return {
    InviteRequest: {
      description: 'Options of an invite. All are optional; unknown ones are rejected.',
      ...toRequestSchema(inviteRequest, inviteRequestWords),
    },
    Invite: toResponseSchema({
      description: 'An invite, without its secret.',
      properties: inviteSchemas,
      example: exampleInvite,
    }),
    CreatedInvite: toResponseSchema({
      description: 'An invite and its secret.',
      properties: { ...inviteSchemas, invite: inviteSecretSchema },
      example: { ...exampleInvite, invite: EXAMPLE_INVITE },
    }),
    InviteList: listOf(
      'invites',
      'Invite',
      'The invites to a room, the oldest first.',
      exampleInvite,
    ),
    GuestRequest: {
      description:
        'The secret of an invite or of a guest, and options of a token. Unknown fields are rejected.',
      ...toRequestSchema(guestRequest, guestRequestWords),
      anyOf: [{ required: ['invite'] }, { required: ['guest'] }],
    },
    JoinedGuest: toResponseSchema({
      description: "A token for the session of an invite's room.",
      properties: { ...tokenSchemas, room: roomNameSchema, guest: guestSecretSchema },
      optional: PROJECT_NAMES,
      rules: [eitherProject],
      example: exampleGuest,
    }),
    Waiting: toResponseSchema({
      description: 'The response to a caller who has to wait.',
      properties: waitingSchemas,
      example: exampleWaiting,
    }),
    Knock: toResponseSchema({
      description: 'A person in the waiting room.',
      properties: knockSchemas,
      example: exampleKnock,
    }),
    KnockList: listOf(
      'knocks',
      'Knock',
      'Everyone who waits, in the order of arrival.',
      exampleKnock,
    ),
    Decision: {
      description: 'The decision of a host about one person.',
      ...toRequestSchema(decisionRequest, decisionWords),
    },
    Decisions: {
      description: 'The decision of a host about several people.',
      ...toRequestSchema(decisionsRequest, decisionsWords),
    },
    Participant: toResponseSchema({
      description: 'A person in a room.',
      properties: participantSchemas,
      example: exampleParticipant,
    }),
    Ban: toResponseSchema({
      description: 'A person who is banned from a room.',
      properties: banSchemas,
      example: exampleBan,
    }),
    ParticipantList: toResponseSchema({
      description: 'Who is in a room, and who is banned from it.',
      properties: {
        participants: {
          type: 'array',
          items: refTo('Participant'),
          description: 'Everyone who is in the room, in the order of arrival.',
        },
        banned: {
          type: 'array',
          items: refTo('Ban'),
          maxItems: MAX_LISTED_BANS,
          description:
            'Everyone who is banned from the room, in the order of their bans. Lift a ban with the decision `allow`.',
        },
      },
      example: { participants: [exampleParticipant], banned: [exampleBan] },
    }),
    ParticipantDecision: {
      description: 'The decision of a host about a participant.',
      ...toRequestSchema(participantDecisionRequest, participantDecisionWords),
    },
    Removal: {
      description: 'The decision of a host about everyone in a room.',
      ...toRequestSchema(removalRequest, removalWords),
    },
  };
}

function listOf(name: string, schema: string, description: string, example: object): JsonSchema {
  return toResponseSchema({
    description,
    properties: { [name]: { type: 'array', items: refTo(schema), description } },
    example: { [name]: [example] },
  });
}
