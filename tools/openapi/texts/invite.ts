/** Texts of the API description about invites and guests. */

import {
  LOOKS_LIKE_MILLISECONDS,
  ROLES,
  type TokenRequest,
} from '../../../lib/domain/token-request.ts';
import { NAME_MAX_LENGTH, NAME_RULE } from '../../../lib/rooms/domain/display-name.ts';
import type { GuestRequest } from '../../../lib/rooms/domain/guest-request.ts';
import {
  type InviteRequest,
  type InviteView,
  MAX_GUESTS,
  MAX_INVITE_SECONDS,
} from '../../../lib/rooms/domain/invite.ts';
import { KNOCK_MAX_LENGTH } from '../../../lib/rooms/domain/room-request.ts';
import type { JsonSchema, SchemasOf, WordsOf } from './field-words.ts';
import { tokenRequestWords } from './token-request.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** A morning of 2100, as in the example of a room's window. */
const EXAMPLE_OPENS_AT = Date.UTC(2100, 0, 1, 9) / 1000;
const NAME_LIMITS = `It ${NAME_RULE}. Joiners, variation selectors and emoji sequences are allowed where writing systems need them.`;
const secret = '[A-Za-z0-9_.~-]+[.][A-Za-z0-9_-]{16}[.][A-Za-z0-9_-]{43}';

export const inviteRequestWords: WordsOf<InviteRequest> = {
  role: {
    description:
      'The highest role of its guests, and the role of guests without a requested role. At most the role of the caller; `moderator` only by trusted callers.',
  },
  expireTime: {
    description: `Expiry of the invite, and the latest expiry of its guests' tokens. Whole seconds since the UNIX epoch, later than now and at most ${MAX_INVITE_SECONDS} seconds (${MAX_INVITE_SECONDS / DAY_SECONDS} days) from now; \`0\` is 24 hours from now.`,
    schema: tokenRequestWords.expireTime.schema ?? {},
  },
  opensAt: {
    description:
      'When the invite becomes valid. Whole seconds since the UNIX epoch, earlier than `expireTime`. Default: at once.',
    schema: {
      type: 'integer',
      minimum: 0,
      exclusiveMaximum: LOOKS_LIKE_MILLISECONDS,
      examples: [1_764_000_000],
    },
  },
  maxGuests: {
    description: `How many guests it is for: 1 to ${MAX_GUESTS}. A returning guest is not counted again. At most as many wait at a time in a room with a waiting room.`,
    examples: [1],
  },
  name: {
    description: `Name of the guest, which every participant of the session can read. ${NAME_LIMITS}`,
    examples: ['Ada'],
    schema: { maxLength: NAME_MAX_LENGTH },
  },
};

const inviteId: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{16}$',
  description: 'Id of the invite.',
  examples: ['cW9yN3JtZ1BzQ1dq'],
};
export const inviteIdSchema = inviteId;
export const EXAMPLE_INVITE_ID = 'cW9yN3JtZ1BzQ1dq';
export const EXAMPLE_INVITE = `standup.${EXAMPLE_INVITE_ID}.R2hvc3RzIGRvIG5vdCBrbm9jazogdGhleSBqdXN0IGc`;

export const inviteSchemas: SchemasOf<InviteView> = {
  inviteId,
  role: { enum: ROLES, description: 'The highest role that its guests may have.' },
  expireTime: {
    type: 'integer',
    exclusiveMinimum: 0,
    description: 'Expiry. Whole seconds since the UNIX epoch.',
  },
  opensAt: {
    type: ['integer', 'null'],
    minimum: 0,
    description: 'When the invite becomes valid; null if it is valid at once.',
  },
  maxGuests: { type: 'integer', minimum: 1, description: 'How many guests it is for.' },
  guests: { type: 'integer', minimum: 0, description: 'How many guests have taken a place.' },
  name: {
    type: ['string', 'null'],
    description: 'Name of the guest; null if the guests name themselves.',
  },
  createdAt: {
    type: 'string',
    format: 'date-time',
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.]000Z$',
    description: 'When the invite was made, to the second, in UTC.',
  },
};

export const inviteSecretSchema: JsonSchema = {
  type: 'string',
  pattern: `^${secret}$`,
  description:
    'The secret of the invite, returned only this once. Send it in the fragment of a link (`#`), which browsers send to no server.',
};

export const guestSecretSchema: JsonSchema = {
  type: 'string',
  pattern: `^${secret}$`,
  description:
    'The secret with which the same guest returns, after a reload or for another token, without being counted again. It is the `knock` of the request, if there was one.',
};

export const exampleInvite: InviteView = {
  inviteId: EXAMPLE_INVITE_ID,
  role: 'publisher',
  expireTime: EXAMPLE_OPENS_AT + DAY_SECONDS,
  opensAt: EXAMPLE_OPENS_AT,
  maxGuests: 1,
  guests: 0,
  name: 'Ada',
  createdAt: '2025-11-24T16:00:00.000Z',
};

const { role, data, initialLayoutClassList } = tokenRequestWords;

export const guestRequestWords: WordsOf<
  Omit<GuestRequest, 'token'> & Pick<TokenRequest, 'role' | 'data' | 'initialLayoutClassList'>
> = {
  invite: {
    description:
      'The secret of the invite. `invite` or `guest` is required; all secrets must belong to the same invite.',
    examples: [EXAMPLE_INVITE],
  },
  guest: { description: 'The `guest` of an earlier response, to return as the same guest.' },
  knock: {
    description:
      'The secret of a guest who has not joined yet: one that the client has made before its first request, or the `knock` of an earlier response.',
    schema: { maxLength: KNOCK_MAX_LENGTH },
  },
  name: {
    description: `Name of the guest, which every participant of the session can read; the invite's name takes precedence. ${NAME_LIMITS}`,
    examples: ['Ada'],
    schema: { maxLength: NAME_MAX_LENGTH },
  },
  role: {
    ...role,
    description:
      "The role of the token, at most the invite's. Default: the invite's role. After an admission, it is the role that the guest requested when knocking.",
  },
  data: {
    ...data,
    description:
      'Connection data, which every client in the session can read. The token carries `{"sub":"guest:<random>","name":"<the guest\'s name>","data":"<this>"}`, at most 1000 characters in all. If omitted or empty, there is none.',
  },
  initialLayoutClassList,
};
