/** What the API's document says of the rules of a room. */

import { LOOKS_LIKE_MILLISECONDS } from '../../../lib/domain/token-request.ts';
import type { RoomRules } from '../../../lib/rooms/domain/room-rules.ts';
import type { JsonSchema, WordsOf } from './field-words.ts';
import { LONG_PAST_SECONDS } from './token-request.ts';

/** An hour of 2100: an example that was in the past would be refused. */
export const EXAMPLE_WINDOW = {
  opensAt: Date.UTC(2100, 0, 1, 9) / 1000,
  closesAt: Date.UTC(2100, 0, 1, 10) / 1000,
};

const seconds = { type: 'integer', minimum: 0, exclusiveMaximum: LOOKS_LIKE_MILLISECONDS };

export const ruleWords: WordsOf<RoomRules> = {
  opensAt: {
    description:
      'From when on others than hosts get tokens, in whole seconds since the UNIX epoch. Left out, from the start.',
    schema: { ...seconds, examples: [EXAMPLE_WINDOW.opensAt] },
  },
  closesAt: {
    description:
      'From when on nobody gets a token, and when every token for the room has expired, in whole seconds since the UNIX epoch: later than now and than `opensAt`. Left out, never.',
    schema: { ...seconds, minimum: LONG_PAST_SECONDS, examples: [EXAMPLE_WINDOW.closesAt] },
  },
  admission: {
    description:
      'Who gets a token: everybody who may join (`open`), those whom a host lets in (`knock`), or hosts alone (`closed`).',
  },
  defaultRole: {
    description:
      'The role of those who ask for none and may have it. Left out, it is `publisher`, or the highest that the caller may have where that is lower.',
  },
};

const orNull = (description: string): JsonSchema => ({
  type: ['integer', 'null'],
  minimum: 0,
  description,
});

export const ruleSchemas = {
  opensAt: orNull('From when on others than hosts get tokens; null for from the start.'),
  closesAt: orNull('From when on nobody gets a token; null for never.'),
  admission: {
    type: 'string',
    enum: ['open', 'knock', 'closed'],
    description: 'Who gets a token.',
  },
  defaultRole: {
    type: ['string', 'null'],
    enum: ['subscriber', 'publisher', 'moderator', 'publisheronly', null],
    description: 'The role of those who ask for none and may have it; null for the usual one.',
  },
  etag: {
    type: 'string',
    pattern: '^"[A-Za-z0-9_-]{22}"$',
    description: 'The entity tag, as the header `ETag` has it, for `If-Match`.',
  },
} satisfies Record<string, JsonSchema>;
