/**
 * All that hosts do with rooms. Knows no event and no environment.
 */

import type { Invocation } from '../../use-cases/invocation.ts';
import { assertHost } from '../domain/room-access.ts';
import type { CreatedInvite } from './create-invite.ts';
import {
  type InviteAction,
  type InviteDeps,
  type InviteOverview,
  manageInvites,
} from './manage-invites.ts';
import {
  type KnockAction,
  type KnockDeps,
  type KnockOverview,
  manageKnocks,
} from './manage-knocks.ts';
import {
  type ManagedRoom,
  type ManageRoomDeps,
  manageRoom,
  type RoomAction,
} from './manage-room.ts';

export type HostRequest = RoomAction | InviteAction | KnockAction;
export type HostAnswer = ManagedRoom | CreatedInvite | InviteOverview | KnockOverview;
export type HostDeps = ManageRoomDeps & InviteDeps & KnockDeps;
export type ServeHost = (request: HostRequest, invocation: Invocation) => Promise<HostAnswer>;

/** The use case throws Fault `ForbiddenError` for those who are no hosts, and what each of its parts throws. */
export function serveHostWith(deps: HostDeps): ServeHost {
  return async (request, invocation) => {
    assertHost(invocation.caller, request.room);
    switch (request.action) {
      case 'getRoom':
      case 'putRoom':
      case 'deleteRoom':
        return manageRoom(deps, request, invocation);
      case 'createInvite':
      case 'listInvites':
      case 'deleteInvite':
        return manageInvites(deps, request, invocation);
      case 'listKnocks':
      case 'decideKnock':
      case 'decideKnocks':
        return manageKnocks(deps, request, invocation);
    }
  };
}
