/**
 * The use case "open a room ahead of those who join it". Knows no event and no environment.
 */
import type { OpenRequest } from '../domain/room-request.ts';
import { assertRulesHold, assertSameRules, NO_RULES } from '../domain/room-rules.ts';
import { giveRules, type RuledRoomView, toRuledRoomView } from '../domain/ruled-room.ts';
import type { Credentials } from '../secrets/credentials.ts';
import type { SecretCache } from '../secrets/secret-cache.ts';
import type { EnsureRoom } from './ensure-room.ts';
import type { Invocation } from './invocation.ts';

export interface OpenRoomDeps {
  readonly projectSecret: Pick<SecretCache<Credentials>, 'get'>;
  readonly ensureRoom: EnsureRoom;
  /** For how long a new room lasts; `undefined` for ever. */
  readonly roomTtlSeconds: number | undefined;
  /** Whether end users get tokens by session id, past any rule. */
  readonly isOpenById: boolean;
}

export type OpenRoom = (request: OpenRequest, invocation: Invocation) => Promise<RuledRoomView>;

/**
 * A message may come twice, and late: it gives a new room its rules, and changes those of none.
 * The use case throws Fault `ValidationError` for rules that would keep nobody out, and
 * `RoomConflictError` for a room that exists with other options or rules.
 */
export function openRoomWith({
  projectSecret,
  ensureRoom,
  roomTtlSeconds,
  isOpenById,
}: OpenRoomDeps): OpenRoom {
  return async ({ room: name, session, rules, requestedRules }, invocation) => {
    assertRulesHold(rules, isOpenById);
    const isRuled = Object.keys(requestedRules).length > 0;
    const room = await ensureRoom(
      {
        name,
        session,
        opening: 'with any options',
        ...(isRuled && { toNewRoom: (made) => giveRules(made, rules, roomTtlSeconds) }),
      },
      invocation,
    );
    assertSameRules(room.rules ?? NO_RULES, requestedRules);
    const { project } = await projectSecret.get(invocation.remainingMs);
    return toRuledRoomView(room, project);
  };
}
