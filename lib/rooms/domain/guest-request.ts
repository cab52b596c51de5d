/**
 * What people without an account can ask for: a token for the one room of their invite. Pure: the
 * clock is an argument.
 */
import * as v from 'valibot';
import { validationError } from '../../domain/faults.ts';
import { parseFields } from '../../domain/request-fields.ts';
import {
  type TokenLimits,
  type TokenRequest,
  toAbsolute,
  tokenRequest,
} from '../../domain/token-request.ts';
import { displayName } from './display-name.ts';
import { knockText } from './room-request.ts';

const { role, data, initialLayoutClassList } = tokenRequest.entries;
const inviteRule = "must be the text that the invite's link carries";
const guestRule = 'must be the text that an earlier answer had under the same name';

/** `invite` or `guest` is needed; all else is optional. */
export const guestRequest = v.object({
  invite: v.optional(v.string(inviteRule)),
  guest: v.optional(v.string(guestRule)),
  knock: v.optional(knockText),
  name: v.optional(displayName),
  ...{ role, data, initialLayoutClassList },
});

export interface GuestRequest {
  readonly invite: string | undefined;
  /** Of an earlier answer: who comes back is not counted again. */
  readonly guest: string | undefined;
  /** Of an earlier answer to who waits. */
  readonly knock: string | undefined;
  /** What they call themselves. */
  readonly name: string | undefined;
  /** With the default expiry: guests ask for none. */
  readonly token: TokenRequest;
}

/** @throws Fault `ValidationError` that lists every faulty field */
export function parseGuestRequest(input: unknown, limits: TokenLimits): GuestRequest {
  const { invite, guest, knock, name, ...token } = parseFields(guestRequest, input);
  if (invite === undefined && guest === undefined) {
    throw validationError([{ pointer: '#/invite', detail: inviteRule }]);
  }
  const expireTime = toAbsolute(0, limits);
  return {
    invite: invite && withoutTrailingMarks(invite),
    guest,
    knock,
    name,
    token: { ...token, expireTime, tokenType: 'JWT' },
  };
}

/** An invite has at most 189 characters: a room's name, an id of 16 and a secret of 43. */
const INVITE_MAX_LENGTH = 256;

/**
 * Removes what mail programs append to a link: a dot, a bracket, a space, a line break. An invite ends with
 * a letter, a digit, `-` or `_`.
 */
function withoutTrailingMarks(invite: string): string {
  return invite.length > INVITE_MAX_LENGTH ? invite : invite.replace(/^\s+|[^\w-]+$/g, '');
}
