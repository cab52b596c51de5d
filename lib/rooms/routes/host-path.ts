/**
 * Reads which route of hosts a path belongs to, and what it names: a room, and an id. Pure: no I/O.
 *
 * As in path.ts, the route decides where API Gateway names one. Without a route, API Gateway's reading
 * of the name still wins over the path, in which an encoded slash may look like the end of another.
 */
import {
  createPathTest,
  decode,
  type Located,
  matchRoute,
  readPathParameter,
} from '../../events/path.ts';
import { HOST_ACTIONS } from './host-actions.ts';

export interface HostPath {
  /** Percent-decoded, as the caller wrote it; not yet checked to be a room's name. `undefined` for all rooms. */
  readonly room: string | undefined;
  /** Path of the route, such as `/rooms/{name}/invites/{inviteId}`. */
  readonly path: string;
  /** The ids in the path by their names, such as `inviteId`. */
  readonly ids: Readonly<Record<string, string>>;
}

const ALL_ROOMS = '/rooms';
const hasPathOfAllRooms = createPathTest(ALL_ROOMS);
/** Paths of one room, from the longest: the end of a route may itself be a route. */
const PATHS = [
  ...new Set(Object.values(HOST_ACTIONS).map(({ route }) => route.replace(/^\w+ /, ''))),
]
  .filter((path) => path !== ALL_ROOMS)
  .sort((one, other) => other.length - one.length);
const ID_NAMES = PATHS.flatMap((path) => /\{(\w+Id)\}$/.exec(path)?.[1] ?? []);

const BEFORE = '(?:/(?!rooms?/)[^/]+)?';
const WHOLE = new RegExp(`^${BEFORE}/rooms/([^/]+)(?:/([^/]+)(?:/([^/]+))?)?/?$`);
const OF_ROOM = /\/rooms\/[^/]+(.*)$/s;
/** An id is all that follows, also slashes. */
const AFTER_NAME = /^(?:\/([^/]+)(?:\/(.+?))?)?\/?$/s;

/** Returns `undefined` for a path of no route. */
export function readHostPath(located: Located): HostPath | undefined {
  if (isOfAllRooms(located)) return { room: undefined, path: ALL_ROOMS, ids: {} };
  if (located.route !== undefined) return readByRoute(located);
  const room = readPathParameter(located, 'name');
  return room === undefined ? readByPath(located.path) : readByName(located, room);
}

function isOfAllRooms(located: Located): boolean {
  return hasPathOfAllRooms(located) && readPathParameter(located, 'name') === undefined;
}

function readByRoute(located: Located): HostPath | undefined {
  for (const path of PATHS) {
    const values = matchRoute(located, path);
    if (!values) continue;
    const [room, id] = values;
    const isRead = values.every((value) => value !== undefined);
    return isRead && room !== undefined ? toHostPath(room, path, id) : readByPath(located.path);
  }
  return undefined;
}

function readByPath(path: string): HostPath | undefined {
  // Still encoded: a name in it may contain slashes.
  const [, name, part, id] = (WHOLE.exec(path) ?? []).map((segment) => segment && decode(segment));
  return name === undefined ? undefined : findPath(name, part, id);
}

function readByName(located: Located, room: string): HostPath | undefined {
  const path = decode(located.path);
  if (!OF_ROOM.test(path)) return undefined;
  for (const idName of ID_NAMES) {
    const id = readPathParameter(located, idName);
    const named = PATHS.find((candidate) => candidate.endsWith(`/{${idName}}`));
    if (id !== undefined && named !== undefined) return toHostPath(room, named, id);
  }
  const after = AFTER_NAME.exec(cutAfterName(path, room));
  return after ? findPath(room, after[1], after[2]) : undefined;
}

function findPath(
  room: string,
  part: string | undefined,
  id: string | undefined,
): HostPath | undefined {
  const form = `/rooms/{}${part === undefined ? '' : `/${part}`}${id === undefined ? '' : '/{}'}`;
  const path = PATHS.find((candidate) => candidate.replace(/\{\w+\}/g, '{}') === form);
  return path === undefined ? undefined : toHostPath(room, path, id);
}

function toHostPath(room: string, path: string, id: string | undefined): HostPath {
  const idName = /\{(\w+Id)\}$/.exec(path)?.[1];
  return { room, path, ids: idName === undefined || id === undefined ? {} : { [idName]: id } };
}

/** Returns what follows the name, wherever the path begins: after a stage, a base path, or neither. */
function cutAfterName(path: string, room: string): string {
  const named = `/rooms/${room}/`;
  const start = `${path}/`.indexOf(named);
  return start < 0 ? (OF_ROOM.exec(path)?.[1] ?? '') : path.slice(start + named.length - 1);
}
