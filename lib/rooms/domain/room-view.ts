/**
 * Rooms as hosts see them: with their rules, and an entity tag that detects concurrent changes. Pure:
 * no I/O.
 */
import { hash } from 'node:crypto';
import type { Project } from '../../domain/project.ts';
import type { Role } from '../../domain/token-request.ts';
import { type Room, type RoomView, toRoomView } from './room.ts';
import { NO_RULES, type RoomRules } from './room-rules.ts';

/**
 * How long a closed room is kept if rooms never expire, so that late callers get `RoomClosedError` and a
 * host can open it again.
 */
const KEPT_CLOSED_SECONDS = 30 * 24 * 60 * 60;

/** A room in the responses to hosts. */
export type HostRoomView = RoomView &
  Readonly<{
    /** In whole seconds since the UNIX epoch, like `closesAt`; null for no limit. */
    opensAt: number | null;
    closesAt: number | null;
    admission: RoomRules['admission'];
    defaultRole: Role | null;
    reference: string | null;
    maxParticipants: number | null;
    disconnectAtClose: boolean;
    /** The entity tag, quotes included, for `If-Match`. */
    etag: string;
  }>;

export function toHostRoomView(room: Room, project: Project): HostRoomView {
  const { rules: stored = NO_RULES } = room;
  const { opensAt = null, closesAt = null, admission, defaultRole = null } = stored;
  const { reference = null, maxParticipants = null, disconnectAtClose = false } = stored;
  return {
    ...toRoomView(room, project),
    ...{ opensAt, closesAt, admission, defaultRole, reference, maxParticipants, disconnectAtClose },
    etag: toEtag(room),
  };
}

/**
 * @param newCountId identifies the count of seats that begins if the rules have `maxParticipants` and the room's
 *   had not. Default: the session id
 * @param roomTtlSeconds lifetime of rooms, from the latest of creation, opening and closing; `undefined`
 *   for unlimited
 */
export function giveRules(
  room: Room,
  rules: RoomRules,
  roomTtlSeconds: number | undefined,
  newCountId?: string,
): Room & { readonly revision: string } {
  const { opensAt = 0, closesAt } = rules;
  const lastSeconds = Math.max(room.createdAtSeconds, opensAt, closesAt ?? 0);
  const expiresAtSeconds =
    roomTtlSeconds === undefined
      ? closesAt && closesAt + KEPT_CLOSED_SECONDS
      : lastSeconds + roomTtlSeconds;
  const isCounted = room.rules?.maxParticipants !== undefined;
  const seatCountId =
    rules.maxParticipants === undefined ? undefined : isCounted ? room.seatCountId : newCountId;
  return {
    ...room,
    ...{ rules, expiresAtSeconds, revision: digest(room.sessionId, rules), seatCountId },
  };
}

export function toEtag({ sessionId, revision }: Room): string {
  return `"${revision ?? digest(sessionId, NO_RULES)}"`;
}

/** Equal rules of the same session have the same revision, so putting them twice changes nothing. */
function digest(sessionId: string, rules: RoomRules): string {
  const { opensAt, closesAt, admission, defaultRole, reference, maxParticipants } = rules;
  const window = [opensAt, closesAt, admission];
  const others = [defaultRole, reference, maxParticipants, rules.disconnectAtClose];
  const text = JSON.stringify([sessionId, ...window, ...others]);
  return hash('sha256', text, 'base64url').slice(0, 22);
}
