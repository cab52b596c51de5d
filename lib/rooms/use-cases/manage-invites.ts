/**
 * What hosts do with the invites to a room: make one, see them, take one back. Knows no event and no
 * environment.
 */

import type { Invocation } from '../../use-cases/invocation.ts';
import { type InviteRequest, type InviteView, isOver, toInviteView } from '../domain/invite.ts';
import { isInviteId, type RandomText } from '../domain/invite-secret.ts';
import { assertMayInvite } from '../domain/room-access.ts';
import { roomFault } from '../faults.ts';
import type { InviteList } from '../table/invite-list.ts';
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
  readonly invites: InviteList;
  readonly newRandomText: RandomText;
  /** In milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

/** @throws Fault `ForbiddenError`, `RoomNotFoundError`, and `InviteNotFoundError` for an id that there is not */
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
      const good = all.filter((invite) => !isOver(invite, nowSeconds));
      good.sort((one, other) => one.createdAtMs - other.createdAtMs);
      return { invites: good.map(toInviteView) };
    }
    case 'deleteInvite': {
      const { inviteId } = request;
      const key = { room: room.name, inviteId };
      const invite = isInviteId(inviteId) ? await invites.get(key, remainingMs) : undefined;
      if (invite?.sessionId !== room.sessionId || isOver(invite, nowSeconds)) {
        throw roomFault('InviteNotFoundError', 'The room has no invite of that id.');
      }
      await invites.remove(key, remainingMs);
      return {};
    }
  }
}
