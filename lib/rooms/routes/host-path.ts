/**
 * What a host's path names: a room, or its invites or knocks, or one of those. Pure: no I/O.
 *
 * As in path.ts, API Gateway's own reading wins where there is one: of the name, and of the id, which
 * in a path that is decoded may look like the end of another.
 */
import type { HttpRequest } from '../../events/http-request.ts';
import { decode, readPathParameter } from '../../events/path.ts';

export interface HostPath {
  /** Percent-decoded, as whoever calls has written it: not yet known to be a room's name. */
  readonly room: string;
  readonly part: 'room' | 'invites' | 'knocks';
  /** Of one invite or knock; `undefined` for all. */
  readonly id: string | undefined;
}

/** What the route's path parameter of one of them is called. */
const ID_PARAMETERS = { invites: 'inviteId', knocks: 'knockId' } as const;

const BEFORE = '(?:/(?!rooms?/)[^/]+)?';
const WHOLE = new RegExp(`^${BEFORE}/rooms/([^/]+)(?:/([^/]+)(?:/([^/]+))?)?/?$`);
const OF_ROOM = /\/rooms\/[^/]+(.*)$/s;
/** An id is all that follows: whoever writes slashes into one means no other thing by it. */
const AFTER_NAME = /^(?:\/([^/]+)(?:\/(.+?))?)?\/?$/s;

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
  for (const part of ['invites', 'knocks'] as const) {
    const id = readPathParameter(http, ID_PARAMETERS[part]);
    if (id !== undefined) return { room, part, id };
  }
  const [, part, id] = AFTER_NAME.exec(cutAfterName(path, room)) ?? [];
  // Of two rooms that the path could mean, API Gateway has named the one.
  return toHostPath(room, part === 'rooms' ? undefined : part, id);
}

function toHostPath(
  room: string,
  part: string | undefined,
  id: string | undefined,
): HostPath | undefined {
  if (part === undefined) return { room, part: 'room', id: undefined };
  return part === 'invites' || part === 'knocks' ? { room, part, id } : undefined;
}

/** What follows the name, wherever the path begins: behind a stage, a base path, or neither. */
function cutAfterName(path: string, room: string): string {
  const named = `/rooms/${room}/`;
  const start = `${path}/`.indexOf(named);
  return start < 0 ? (OF_ROOM.exec(path)?.[1] ?? '') : path.slice(start + named.length - 1);
}
