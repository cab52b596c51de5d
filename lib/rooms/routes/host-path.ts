/**
 * Reads what a host's path names: a room, its invites or knocks, or one of those. Pure: no I/O.
 *
 * As in path.ts, the route decides where API Gateway names one. Without a route, API Gateway's reading
 * of the name still wins over the path, in which an encoded slash may look like the end of another.
 */
import { decode, type Located, matchRoute, readPathParameter } from '../../events/path.ts';

export interface HostPath {
  /** Percent-decoded, as the caller wrote it; not yet checked to be a room's name. */
  readonly room: string;
  readonly part: 'room' | 'invites' | 'knocks';
  /** The id of one invite or knock; `undefined` for all. */
  readonly id: string | undefined;
}

const ID_PARAMETERS = { invites: 'inviteId', knocks: 'knockId' } as const;

/** The routes, from the longest: the end of a route may be a route of its own. */
const TEMPLATES: readonly (readonly [template: string, part: HostPath['part']])[] = [
  ['/rooms/{name}/invites/{inviteId}', 'invites'],
  ['/rooms/{name}/knocks/{knockId}', 'knocks'],
  ['/rooms/{name}/invites', 'invites'],
  ['/rooms/{name}/knocks', 'knocks'],
  ['/rooms/{name}', 'room'],
];

const BEFORE = '(?:/(?!rooms?/)[^/]+)?';
const WHOLE = new RegExp(`^${BEFORE}/rooms/([^/]+)(?:/([^/]+)(?:/([^/]+))?)?/?$`);
const OF_ROOM = /\/rooms\/[^/]+(.*)$/s;
/** An id is all that follows, also slashes. */
const AFTER_NAME = /^(?:\/([^/]+)(?:\/(.+?))?)?\/?$/s;

/** Returns `undefined` for a path that names none of these. */
export function readHostPath(located: Located): HostPath | undefined {
  if (located.route !== undefined) return readByRoute(located);
  const room = readPathParameter(located, 'name');
  return room === undefined ? readByPath(located.path) : readByName(located, room);
}

function readByRoute(located: Located): HostPath | undefined {
  for (const [template, part] of TEMPLATES) {
    const values = matchRoute(located, template);
    if (!values) continue;
    const [room, id] = values;
    const isRead = values.every((value) => value !== undefined);
    return isRead && room !== undefined ? { room, part, id } : readByPath(located.path);
  }
  return undefined;
}

function readByPath(path: string): HostPath | undefined {
  // Still encoded: a name in it may contain slashes.
  const [, name, part, id] = (WHOLE.exec(path) ?? []).map((segment) => segment && decode(segment));
  return name === undefined ? undefined : toHostPath(name, part, id);
}

function readByName(located: Located, room: string): HostPath | undefined {
  const path = decode(located.path);
  if (!OF_ROOM.test(path)) return undefined;
  for (const part of ['invites', 'knocks'] as const) {
    const id = readPathParameter(located, ID_PARAMETERS[part]);
    if (id !== undefined) return { room, part, id };
  }
  const after = AFTER_NAME.exec(cutAfterName(path, room));
  return after ? toHostPath(room, after[1], after[2]) : undefined;
}

function toHostPath(
  room: string,
  part: string | undefined,
  id: string | undefined,
): HostPath | undefined {
  if (part === undefined) return { room, part: 'room', id: undefined };
  return part === 'invites' || part === 'knocks' ? { room, part, id } : undefined;
}

/** Returns what follows the name, wherever the path begins: after a stage, a base path, or neither. */
function cutAfterName(path: string, room: string): string {
  const named = `/rooms/${room}/`;
  const start = `${path}/`.indexOf(named);
  return start < 0 ? (OF_ROOM.exec(path)?.[1] ?? '') : path.slice(start + named.length - 1);
}
