/**
 * The use case "open a room", ahead of the callers who join it. Knows no event and no environment.
 */

import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { InvitedRoomRequest } from '../domain/invited-room.ts';
import {
  assertRulesHold,
  assertSameRules,
  type Enforcement,
  NO_RULES,
} from '../domain/room-rules.ts';
import { giveRules, type HostRoomView, toHostRoomView } from '../domain/room-view.ts';
import { type CreatedInvite, type CreateInviteDeps, createInvite } from './create-invite.ts';
import type { EnsureRoom } from './ensure-room.ts';

export interface OpenRoomDeps extends CreateInviteDeps {
  readonly projectSecret: Pick<SecretCache<Credentials>, 'get'>;
  readonly ensureRoom: EnsureRoom;
  /** Lifetime of a new room; `undefined` for unlimited. */
  readonly roomTtlSeconds: number | undefined;
  /** What the deployment enforces of the rules. */
  readonly enforcement: Enforcement;
}

/** With the secrets of its invites, if there are any. */
export type OpenedRoom = HostRoomView & { readonly invites?: readonly CreatedInvite[] };
export type OpenRoom = (request: InvitedRoomRequest, invocation: Invocation) => Promise<OpenedRoom>;

/**
 * A message can arrive twice, and late. So it gives rules to a new room only, and never changes those
 * of an existing one. Each delivery creates its own invites, so the invites of every result are valid.
 *
 * The use case throws Fault `ValidationError` for rules without effect, and
 * `RoomConflictError` if the room exists with other options or rules.
 */
export function createOpenRoom(deps: OpenRoomDeps): OpenRoom {
  const { projectSecret, ensureRoom, roomTtlSeconds, enforcement } = deps;
  return async ({ room: name, session, rules, requestedRules, invites }, invocation) => {
    assertRulesHold(rules, enforcement);
    const isRuled = Object.keys(requestedRules).length > 0;
    const { room, credentials } = await ensureRoom(
      {
        ...{ name, session, creation: 'any options' },
        credentials: await projectSecret.get(invocation.remainingMs),
        ...(isRuled && { toNewRoom: (made) => giveRules(made, rules, roomTtlSeconds) }),
      },
      invocation,
    );
    assertSameRules(room.rules ?? NO_RULES, requestedRules);
    const made = await mapConcurrently(invites, (invite) =>
      createInvite(deps, room, invite, invocation),
    );
    const view = toHostRoomView(room, credentials.project);
    const created = made.filter((invite) => invite !== undefined);
    return created.length === 0 ? view : { ...view, invites: created };
  };
}
