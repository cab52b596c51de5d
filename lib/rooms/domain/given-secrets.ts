/**
 * What a request of a guest says of itself, and whether an invite vouches for it. Pure: no I/O.
 */
import { hasGuest, hasSecret, type Invite, isOver } from './invite.ts';
import { type GuestSecret, readGuestSecret } from './invite-secret.ts';

/** What a request says of one invite; `undefined` for what cannot be the secrets of any. */
export interface GivenSecrets {
  readonly room: string;
  readonly inviteId: string;
  readonly invite: string | undefined;
  readonly guest: string | undefined;
  readonly knock: string | undefined;
}

/** The texts of a request, as they came. */
type GivenTexts = { readonly [Name in 'invite' | 'guest' | 'knock']: string | undefined };

export function readGivenSecrets(texts: GivenTexts): GivenSecrets | undefined {
  const { invite, guest, knock } = texts;
  const present = [invite, guest, knock].filter((text) => text !== undefined);
  const secrets = present.map(readGuestSecret);
  const [first] = secrets;
  if (!first || secrets.some((secret) => !isOfSame(first, secret))) return undefined;
  const secretOf = (text: string | undefined) => text && readGuestSecret(text)?.secret;
  return {
    ...{ room: first.room, inviteId: first.inviteId },
    ...{ invite: secretOf(invite), guest: secretOf(guest), knock: secretOf(knock) },
  };
}

function isOfSame(first: GuestSecret, second: GuestSecret | undefined): boolean {
  return second?.room === first.room && second.inviteId === first.inviteId;
}

/** Who comes back is vouched for by having been here; an invite that comes along has to be the right one. */
export function isVouchedFor(given: GivenSecrets, invite: Invite, nowSeconds: number): boolean {
  const isInvited = given.invite !== undefined && hasSecret(invite, given.invite);
  const hasCome = given.guest !== undefined && hasGuest(invite, given.guest);
  const isRight = given.guest === undefined ? isInvited : hasCome;
  return isRight && (given.invite === undefined || isInvited) && !isOver(invite, nowSeconds);
}
