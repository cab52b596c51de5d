/** Texts for the fields of a request for a token. */
import {
  DATA_MAX_LENGTH,
  DEFAULT_TOKEN_SECONDS,
  LAYOUT_CLASSES_MAX_LENGTH,
  LOOKS_LIKE_MILLISECONDS,
  MAX_TOKEN_SECONDS,
  type TokenRequest,
  USER_MAX_TOKEN_SECONDS,
} from '../../../lib/domain/token-request.ts';
import type { WordsOf } from './field-words.ts';

/** 2026-01-01. A document cannot express "later than now", so it names a moment in the past. */
export const LONG_PAST_SECONDS = Date.UTC(2026, 0) / 1000;
const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const meaningOfRoles =
  'What the client may do. `subscriber`: receive streams. `publisheronly`: send streams only. `publisher`: both. `moderator`: also mute and disconnect others. An end user gets at most their own role.';
const usualRole = '`publisher`, or the highest role of the caller if that is lower.';
const meaningOfExpiry = `When the token expires. Whole seconds since the UNIX epoch, later than now and at most ${MAX_TOKEN_SECONDS} seconds (${MAX_TOKEN_SECONDS / DAY_SECONDS} days) from now; for end users ${USER_MAX_TOKEN_SECONDS} seconds (${USER_MAX_TOKEN_SECONDS / HOUR_SECONDS} hours). The deployment can lower both with \`maxTokenSeconds\`. \`0\` stands for ${DEFAULT_TOKEN_SECONDS} seconds (${DEFAULT_TOKEN_SECONDS / HOUR_SECONDS} hours) from now, or the maximum if that is shorter. Milliseconds are rejected. Expiry prevents connecting and does not disconnect anyone. If the platform moves the session to another server, all clients reconnect, and an expired token fails.`;

/** The same fields when joining a room, where the room's rules apply. */
export const joinDescriptions = {
  role: `${meaningOfRoles} Default: the room's \`defaultRole\` if the caller may have it, otherwise ${usualRole}`,
  expireTime: `${meaningOfExpiry} No later than the room's \`closesAt\`: a default expiry is shortened to it, a later requested expiry returns 400.`,
};

export const tokenRequestWords: WordsOf<TokenRequest> = {
  role: { description: `${meaningOfRoles} Default: ${usualRole}` },
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
    description: `Connection data, which every client in the session can read. At most ${DATA_MAX_LENGTH} characters of well-formed Unicode; characters beyond U+FFFF, such as most emoji, count twice. For an end user the token carries \`{"sub":"<their subject>","data":"<this>"}\`, and the limit applies to that text. Default: none; an empty text is omitted.`,
    examples: ['name=Ada'],
  },
  initialLayoutClassList: {
    description: `Layout classes of the client's streams in recordings and broadcasts. Each is well-formed Unicode without white space; joined by single spaces they have at most ${LAYOUT_CLASSES_MAX_LENGTH} characters (those beyond U+FFFF count twice). Default: none.`,
    examples: [['focus']],
    schema: { items: { maxLength: LAYOUT_CLASSES_MAX_LENGTH } },
  },
  tokenType: {
    description:
      "Format of the token: `JWT`, or `T1`, OpenTok's older format. With a Vonage application, `T1` returns 400.",
  },
};
