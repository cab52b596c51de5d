/**
 * The secrets that a guest request carries, and whether they let the guest in. Pure: no I/O.
 */
import { hasSecret, type Invite, isOver } from './invite.ts';
import { type GuestSecret, readGuestSecret } from './invite-secret.ts';

/** The secrets of one request, all of the same invite. `undefined` for those it does not carry. */
export interface GuestCredentials {
  readonly room: string;
  readonly inviteId: string;
  readonly invite: string | undefined;
  readonly guest: string | undefined;
  readonly knock: string | undefined;
}

/** The fields of the request body, as they came. */
type CredentialTexts = { readonly [Name in 'invite' | 'guest' | 'knock']: string | undefined };

/** @returns `undefined` if a secret is malformed, or if they belong to different invites */
export function readGuestCredentials(texts: CredentialTexts): GuestCredentials | undefined {
  const { invite, guest, knock } = texts;
  const present = [invite, guest, knock].filter((text) => text !== undefined);
  const secrets = present.map(readGuestSecret);
  const [first] = secrets;
  if (!first || secrets.some((secret) => !isOfSameInvite(first, secret))) return undefined;
  const secretOf = (text: string | undefined) => text && readGuestSecret(text)?.secret;
  return {
    ...{ room: first.room, inviteId: first.inviteId },
    ...{ invite: secretOf(invite), guest: secretOf(guest), knock: secretOf(knock) },
  };
}

function isOfSameInvite(first: GuestSecret, second: GuestSecret | undefined): boolean {
  return second?.room === first.room && second.inviteId === first.inviteId;
}

/**
 * Returns whether the credentials let the guest in: `guest` if it is the secret of a guest of this
 * invite, otherwise `invite`. An invite sent along with `guest` must be right as well.
 */
export function isAuthenticated(
  credentials: GuestCredentials,
  { invite, isGuest }: { readonly invite: Invite; readonly isGuest: boolean },
  nowSeconds: number,
): boolean {
  const isInvited = credentials.invite !== undefined && hasSecret(invite, credentials.invite);
  const isRight = credentials.guest === undefined ? isInvited : isGuest;
  return isRight && (credentials.invite === undefined || isInvited) && !isOver(invite, nowSeconds);
}
