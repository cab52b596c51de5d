/**
 * Makes an invite to an existing room, for a caller who was found to be allowed to.
 */

import type { Invocation } from '../../use-cases/invocation.ts';
import {
  type Invite,
  type InviteRequest,
  type InviteView,
  toInviteView,
} from '../domain/invite.ts';
import { hashInviteSecret, type RandomText, writeGuestSecret } from '../domain/invite-secret.ts';
import type { Room } from '../domain/room.ts';
import type { PutInvite } from '../table/invite-store.ts';

/** A new invite. `invite` is its secret, which is returned only this once. */
export type CreatedInvite = InviteView & { readonly invite: string };

export interface CreateInviteDeps {
  readonly putInvite: PutInvite;
  readonly newRandomText: RandomText;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

export async function createInvite(
  { putInvite, newRandomText, now }: CreateInviteDeps,
  room: Room,
  request: InviteRequest,
  { remainingMs }: Invocation,
): Promise<CreatedInvite> {
  const inviteId = newRandomText(12);
  const secret = newRandomText(32);
  const invite: Invite = {
    ...request,
    name: request.name,
    room: room.name,
    sessionId: room.sessionId,
    inviteId,
    secretHash: hashInviteSecret(secret),
    createdAtMs: now(),
    guests: 0,
    generation: 0,
    counted: [[], []],
  };
  await putInvite(invite, remainingMs);
  const text = writeGuestSecret({ room: room.name, inviteId, secret });
  return { ...toInviteView(invite), invite: text };
}
