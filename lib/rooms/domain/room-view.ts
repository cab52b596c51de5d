/**
 * Rooms as hosts look after them: with rules of their own, and a tag by which two hosts notice each
 * other. Pure: no I/O.
 */
import { hash } from 'node:crypto';
import type { Project } from '../../domain/project.ts';
import type { Role } from '../../domain/token-request.ts';
import { type Room, type RoomView, toRoomView } from './room.ts';
import { NO_RULES, type RoomRules } from './room-rules.ts';

/**
 * For how long a room that has closed is kept where rooms last for ever: who comes late learns that it
 * has closed, and its host can open it again.
 */
const KEPT_CLOSED_SECONDS = 30 * 24 * 60 * 60;

/** A room as its hosts get to see it. */
export type HostRoomView = RoomView &
  Readonly<{
    /** In whole seconds since the UNIX epoch, like `closesAt`; null for always. */
    opensAt: number | null;
    closesAt: number | null;
    admission: RoomRules['admission'];
    defaultRole: Role | null;
    /** The entity tag, quotes included, for `If-Match`. */
    etag: string;
  }>;

export function toHostRoomView(room: Room, project: Project): HostRoomView {
  const { opensAt = null, closesAt = null, admission, defaultRole = null } = room.rules ?? NO_RULES;
  const rules = { opensAt, closesAt, admission, defaultRole };
  return { ...toRoomView(room, project), ...rules, etag: toEtag(room) };
}

/**
 * @param roomTtlSeconds how long rooms last: from their creation, or from when they open or close if
 *   that is later; `undefined` for ever
 */
export function giveRules(
  room: Room,
  rules: RoomRules,
  roomTtlSeconds: number | undefined,
): Room & { readonly revision: string } {
  const { opensAt = 0, closesAt } = rules;
  const lastSeconds = Math.max(room.createdAtSeconds, opensAt, closesAt ?? 0);
  const expiresAtSeconds =
    roomTtlSeconds === undefined
      ? closesAt && closesAt + KEPT_CLOSED_SECONDS
      : lastSeconds + roomTtlSeconds;
  return { ...room, rules, expiresAtSeconds, revision: digest(room.sessionId, rules) };
}

export function toEtag({ sessionId, revision }: Room): string {
  return `"${revision ?? digest(sessionId, NO_RULES)}"`;
}

/** The same rules of the same session are the same revision: to put them twice changes nothing. */
function digest(sessionId: string, rules: RoomRules): string {
  const { opensAt, closesAt, admission, defaultRole } = rules;
  const text = JSON.stringify([sessionId, opensAt, closesAt, admission, defaultRole]);
  return hash('sha256', text, 'base64url').slice(0, 22);
}
