/** What the API's document says of the waiting room. */

import {
  DECISIONS,
  type KnockView,
  POLL_AFTER_SECONDS,
  type WaitingAnswer,
} from '../../../lib/rooms/domain/knock.ts';
import type { JsonSchema, SchemasOf } from './field-words.ts';

export const EXAMPLE_KNOCK_ID = 'm3Wj0rXbZ0m1vJ4yq9WkZw';
export const knockIdSchema: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{22}$',
  description: 'Names somebody who waits.',
  examples: [EXAMPLE_KNOCK_ID],
};

export const knockFieldDescription =
  'What the answer to who waits had under this name, to ask again. Who waits is known by their account.';

export const knockSchemas: SchemasOf<KnockView> = {
  knockId: knockIdSchema,
  sub: {
    type: 'string',
    description: 'Who it is: the subject of an end user, or `guest:` and something random.',
  },
  name: { type: ['string', 'null'], description: "A guest's name; null where none is known." },
  since: {
    type: 'integer',
    exclusiveMinimum: 0,
    description: 'Since when they wait, in whole seconds since the UNIX epoch.',
  },
};

export const exampleKnock: KnockView = {
  knockId: EXAMPLE_KNOCK_ID,
  sub: 'guest:0J8yE2m4Qf1b7nT5rVxKpA',
  name: 'Ada',
  since: 1764000000,
};

export const waitingSchemas: SchemasOf<WaitingAnswer> = {
  status: { enum: ['waiting'], description: 'A host has yet to decide.' },
  knock: { type: 'string', minLength: 1, description: 'To be sent along when asking again.' },
  pollAfterSeconds: {
    type: 'integer',
    minimum: 1,
    description: `In how many seconds to ask again, which is ${POLL_AFTER_SECONDS}; who does not for half a minute has left.`,
  },
};

export const exampleWaiting: WaitingAnswer = {
  status: 'waiting',
  knock: EXAMPLE_KNOCK_ID,
  pollAfterSeconds: POLL_AFTER_SECONDS,
};

export const decisionWords = {
  decision: {
    description: `What becomes of them: ${DECISIONS.map((word) => `\`${word}\``).join(' or ')}. An admission holds for five minutes and one token, a denial as long as the room, or until a host admits them.`,
  },
};
