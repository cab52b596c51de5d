/**
 * The use case "open a room ahead of those who join it". Knows no event and no environment.
 */

import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { InvitedRoomRequest } from '../domain/invited-room.ts';
import { assertRulesHold, assertSameRules, NO_RULES } from '../domain/room-rules.ts';
import { giveRules, type HostRoomView, toHostRoomView } from '../domain/room-view.ts';
import { type CreatedInvite, type CreateInviteDeps, createInvite } from './create-invite.ts';
import type { EnsureRoom } from './ensure-room.ts';
import { assertStillOf } from './find-room.ts';

export interface OpenRoomDeps extends CreateInviteDeps {
  readonly projectSecret: Pick<SecretCache<Credentials>, 'get'>;
  readonly ensureRoom: EnsureRoom;
  /** For how long a new room lasts; `undefined` for ever. */
  readonly roomTtlSeconds: number | undefined;
  /** Whether end users get tokens by session id, past any rule. */
  readonly allowsTokensBySessionId: boolean;
}

/** With the secrets of its invites, if there are any. */
export type OpenedRoom = HostRoomView & { readonly invites?: readonly CreatedInvite[] };
export type OpenRoom = (request: InvitedRoomRequest, invocation: Invocation) => Promise<OpenedRoom>;

/**
 * A message may come twice, and late: it gives a new room its rules, and changes those of none. Its
 * invites are made anew each time, so that those of every result are good.
 * The use case throws Fault `ValidationError` for rules that would keep nobody out, and
 * `RoomConflictError` for a room that exists with other options or rules.
 */
export function openRoomWith(deps: OpenRoomDeps): OpenRoom {
  const { projectSecret, ensureRoom, roomTtlSeconds, allowsTokensBySessionId } = deps;
  return async ({ room: name, session, rules, requestedRules, invites }, invocation) => {
    assertRulesHold(rules, allowsTokensBySessionId);
    const isRuled = Object.keys(requestedRules).length > 0;
    const room = await ensureRoom(
      {
        name,
        session,
        creation: 'any options',
        ...(isRuled && { toNewRoom: (made) => giveRules(made, rules, roomTtlSeconds) }),
      },
      invocation,
    );
    assertSameRules(room.rules ?? NO_RULES, requestedRules);
    const made = await mapConcurrently(invites, (invite) =>
      createInvite(deps, room, invite, invocation),
    );
    const { project } = await projectSecret.get(invocation.remainingMs);
    assertStillOf(project, room);
    const view = toHostRoomView(room, project);
    const created = made.filter((invite) => invite !== undefined);
    return created.length === 0 ? view : { ...view, invites: created };
  };
}
