/** Texts of the API description about the waiting room. */

import {
  DECISIONS,
  GONE_AFTER_SECONDS,
  type KnockView,
  POLL_AFTER_SECONDS,
  type WaitingResponse,
} from '../../../lib/rooms/domain/knock.ts';
import { MAX_KNOCK_IDS } from '../../../lib/rooms/routes/decision.ts';
import type { JsonSchema, SchemasOf } from './field-words.ts';

export const EXAMPLE_KNOCK_ID = 'm3Wj0rXbZ0m1vJ4yq9WkZw';
export const knockIdSchema: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{22}$',
  description: 'Id of a person in a room. The same at each knock of that person.',
  examples: [EXAMPLE_KNOCK_ID],
};

export const knockFieldDescription =
  'The `knock` of the previous response while waiting. Optional for users, who are identified by their account. With it, a user who joins while the room is open leaves the waiting list at once.';

export const knockSchemas: SchemasOf<KnockView> = {
  knockId: knockIdSchema,
  sub: {
    type: 'string',
    description: 'The subject of an end user, or `guest:` and a random text.',
  },
  name: {
    type: ['string', 'null'],
    description: 'Name of a guest; null if none is known. It does not change afterwards.',
  },
  since: {
    type: 'integer',
    exclusiveMinimum: 0,
    description: 'When the person began to wait. Whole seconds since the UNIX epoch.',
  },
};

export const exampleKnock: KnockView = {
  knockId: EXAMPLE_KNOCK_ID,
  sub: 'guest:0J8yE2m4Qf1b7nT5rVxKpA',
  name: 'Ada',
  since: 1764000000,
};

export const waitingSchemas: SchemasOf<WaitingResponse> = {
  status: { enum: ['waiting'], description: 'A host has not decided yet.' },
  knock: { type: 'string', minLength: 1, description: 'Send it along with the next poll.' },
  pollAfterSeconds: {
    type: 'integer',
    minimum: 1,
    description: `Seconds until the next poll, ${POLL_AFTER_SECONDS}. A caller who does not poll for ${GONE_AFTER_SECONDS} seconds leaves the list.`,
  },
};

export const exampleWaiting: WaitingResponse = {
  status: 'waiting',
  knock: EXAMPLE_KNOCK_ID,
  pollAfterSeconds: POLL_AFTER_SECONDS,
};

export const decisionWords = {
  decision: {
    description: `${DECISIONS.map((word) => `\`${word}\``).join(' or ')}. An admission is valid for five minutes and one token. A denial lasts as long as the room, or until a host admits the person.`,
  },
};

export const decisionsWords = {
  ...decisionWords,
  knockIds: {
    description: `Ids of the people to decide about, at most ${MAX_KNOCK_IDS}. Ids of people who do not wait are ignored. Default: everyone who waits at this moment.`,
    examples: [[EXAMPLE_KNOCK_ID]],
  },
};
