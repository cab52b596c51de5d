/**
 * What a host's path names: a room, or its invites or knocks, or one of those. Pure: no I/O.
 *
 * As in path.ts, API Gateway's own reading of the name wins where there is one.
 */
import type { HttpRequest } from './http-request.ts';
import { decode, readPathParameter } from './path.ts';

export interface HostPath {
  /** Percent-decoded, as whoever calls has written it: not yet known to be a room's name. */
  readonly room: string;
  readonly part: 'room' | 'invites' | 'knocks';
  /** Of one invite or knock; `undefined` for all. */
  readonly id: string | undefined;
}

const BEFORE = '(?:/(?!rooms?/)[^/]+)?';
const PART = '(?:/([^/]+)(?:/([^/]+))?)?';
const WHOLE = new RegExp(`^${BEFORE}/rooms/([^/]+)${PART}/?$`);
const AFTER_NAME = new RegExp(`^${PART}/?$`);
const OF_ROOM = /\/rooms\/.+/s;

/** @returns `undefined` for a path that names none of these */
export function readHostPath(
  http: Pick<HttpRequest, 'path' | 'pathParameters'>,
): HostPath | undefined {
  const room = readPathParameter(http, 'name');
  if (room === undefined) {
    // Encoded still: a name in it may have slashes.
    const [, name, part, id] = (WHOLE.exec(http.path) ?? []).map(
      (segment) => segment && decode(segment),
    );
    return name === undefined ? undefined : toHostPath(name, part, id);
  }
  const path = decode(http.path);
  if (!OF_ROOM.test(path)) return undefined;
  const [, part, id] = AFTER_NAME.exec(cutAfterName(path, room)) ?? [];
  return toHostPath(room, part, id) ?? { room, part: 'room', id: undefined };
}

function toHostPath(
  room: string,
  part: string | undefined,
  id: string | undefined,
): HostPath | undefined {
  if (part === undefined) return { room, part: 'room', id };
  return part === 'invites' || part === 'knocks' ? { room, part, id } : undefined;
}

/** What follows the name, wherever the path begins: behind a stage, a base path, or neither. */
function cutAfterName(path: string, room: string): string {
  const before = `/rooms/${room}`;
  const start = path.lastIndexOf(before);
  return start < 0 ? '' : path.slice(start + before.length);
}
