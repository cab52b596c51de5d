/** What the API's document says of the fields of a request for a token. */
import { USER_MAX_TOKEN_SECONDS } from '../../../lib/domain/access.ts';
import {
  DATA_MAX_LENGTH,
  DEFAULT_TOKEN_SECONDS,
  LAYOUT_CLASSES_MAX_LENGTH,
  LOOKS_LIKE_MILLISECONDS,
  MAX_TOKEN_SECONDS,
  type TokenRequest,
} from '../../../lib/domain/token-request.ts';
import type { WordsOf } from './field-words.ts';

/** 2026-01-01: all that a document can say of "later than now" is a moment that is over. */
export const LONG_PAST_SECONDS = Date.UTC(2026, 0) / 1000;
const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const meaningOfRoles =
  'What the client may do: `subscriber` watches, `publisheronly` sends and does not watch, `publisher` does both, `moderator` may also mute and disconnect others. An end user gets at most their own role.';
const usualRole = '`publisher`, or the highest that the caller may have where that is lower.';
const meaningOfExpiry = `When the token stops being good for connecting, in whole seconds since the UNIX epoch: later than now, and at most ${MAX_TOKEN_SECONDS} seconds (${MAX_TOKEN_SECONDS / DAY_SECONDS} days) from now; for end users ${USER_MAX_TOKEN_SECONDS} seconds (${USER_MAX_TOKEN_SECONDS / HOUR_SECONDS} hours); less where the deployment sets \`maxTokenSeconds\`. \`0\` stands for ${DEFAULT_TOKEN_SECONDS} seconds (${DEFAULT_TOKEN_SECONDS / HOUR_SECONDS} hours) from now, or the longest life allowed where that is shorter. Milliseconds are refused. Who is connected stays connected, unless the platform moves the session to another server: then all connect again, and an expired token does not.`;

/** What the rules of a room make of these fields for whoever joins it. */
export const joinDescriptions = {
  role: `${meaningOfRoles} Left out, it is the \`defaultRole\` of the room where the caller may have that, else ${usualRole}`,
  expireTime: `${meaningOfExpiry} No later than the room's \`closesAt\`: an expiry that was not asked for is cut to it, a later one that was is a 400.`,
};

export const tokenRequestWords: WordsOf<TokenRequest> = {
  role: { description: `${meaningOfRoles} Left out, it is ${usualRole}` },
  expireTime: {
    description: meaningOfExpiry,
    schema: {
      type: 'integer',
      anyOf: [
        { const: 0 },
        { minimum: LONG_PAST_SECONDS, exclusiveMaximum: LOOKS_LIKE_MILLISECONDS },
      ],
      examples: [0],
    },
  },
  data: {
    description: `Connection data, which every client in the session can read: at most ${DATA_MAX_LENGTH} characters, of which those beyond U+FFFF, such as most emoji, count twice, in well-formed Unicode. For an end user the token carries \`{"sub":"<their subject>","data":"<this>"}\`, and the limit holds for the whole. Left out or empty, there is none.`,
    examples: ['name=Ada'],
  },
  initialLayoutClassList: {
    description: `Names of layout classes for the client's streams in recordings and broadcasts: each without white space, in well-formed Unicode, at most ${LAYOUT_CLASSES_MAX_LENGTH} characters (those beyond U+FFFF count twice) in all when joined by single spaces. Left out, there are none.`,
    examples: [['focus']],
    schema: { items: { maxLength: LAYOUT_CLASSES_MAX_LENGTH } },
  },
  tokenType: {
    description:
      "Form of the token: `JWT`, or `T1`, which is OpenTok's older form; a Vonage application has no `T1` tokens and answers 400.",
  },
};
