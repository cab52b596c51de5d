/**
 * The use cases of hosts about invites: make, list and revoke. Knows no event and no environment.
 */

import type { Invocation } from '../../use-cases/invocation.ts';
import { type InviteRequest, type InviteView, isOver, toInviteView } from '../domain/invite.ts';
import { isInviteId, type RandomText } from '../domain/invite-secret.ts';
import { assertMayInvite } from '../domain/room-access.ts';
import { roomFault } from '../faults.ts';
import type { InviteStore } from '../table/invite-store.ts';
import { type CreatedInvite, createInvite } from './create-invite.ts';
import { type FindRoomDeps, requireRoom } from './find-room.ts';

export type InviteAction =
  | ({ readonly action: 'createInvite'; readonly room: string } & {
      readonly invite: InviteRequest;
    })
  | { readonly action: 'listInvites'; readonly room: string }
  | { readonly action: 'deleteInvite'; readonly room: string; readonly inviteId: string };

export type InviteOverview = { readonly invites: readonly InviteView[] };

export interface InviteDeps extends FindRoomDeps {
  readonly invites: InviteStore;
  readonly newRandomText: RandomText;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

/** @throws Fault `ForbiddenError`, `RoomNotFoundError`, `InviteNotFoundError` */
export async function manageInvites(
  deps: InviteDeps,
  request: InviteAction,
  invocation: Invocation,
): Promise<CreatedInvite | InviteOverview | Readonly<Record<string, never>>> {
  const { invites } = deps;
  const { caller, nowSeconds, remainingMs } = invocation;
  if (request.action === 'createInvite') assertMayInvite(caller, request.invite.role);
  const room = await requireRoom(deps, request.room, invocation);
  switch (request.action) {
    case 'createInvite':
      return createInvite({ ...deps, putInvite: invites.put }, room, request.invite, invocation);
    case 'listInvites': {
      const all = await invites.list(room, remainingMs);
      const valid = all.filter((invite) => !isOver(invite, nowSeconds));
      valid.sort((one, other) => one.createdAtMs - other.createdAtMs);
      return { invites: valid.map(toInviteView) };
    }
    case 'deleteInvite': {
      const { inviteId } = request;
      const key = { room: room.name, inviteId };
      const invite = isInviteId(inviteId) ? await invites.get(key, remainingMs) : undefined;
      if (invite?.sessionId !== room.sessionId || isOver(invite, nowSeconds)) {
        throw roomFault(
          'InviteNotFoundError',
          'The room has no invite with this id. List its invites.',
        );
      }
      await invites.remove(key, remainingMs);
      return {};
    }
  }
}
