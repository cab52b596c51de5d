/**
 * What a path names: the room of `/rooms/{name}`, the session of `/sessions/{sessionId}/tokens`.
 * Pure: no I/O.
 *
 * API Gateway's own reading wins where there is one: an HTTP API hands paths out decoded, so that
 * `/rooms/a%2Frooms%2Fb/tokens`, whose name is `a/rooms/b`, looks like the way to a room `b`
 * (middleapi/standard-server#93, verified). Function URLs and catch-all routes have the path alone,
 * which then is read from its beginning: before it stands at most one segment, a stage or a base path.
 */
import type { HttpRequest } from './http-request.ts';

type Located = Pick<HttpRequest, 'path' | 'pathParameters'>;

const BEFORE = '(?:/(?!(?:rooms?|sessions?)/)[^/]+)?';

/** A path that names one thing. */
export interface NamingPath {
  /** What the route's path parameter is called. */
  readonly parameter: string;
  /** The segment before the name, such as `rooms`. */
  readonly root: string;
  /** What follows the name, such as `/tokens`; empty for nothing. */
  readonly ending: string;
}

/** @returns what reads the name, percent-decoded, of a path of that form, and `undefined` of another */
export function createNameReader({
  parameter,
  root,
  ending,
}: NamingPath): (located: Located) => string | undefined {
  const readSegment = createSegmentReader(root, ending);
  const form = new RegExp(`/${root}/.+${ending}/?$`, 's');
  return (located) => {
    const named = readPathParameter(located, parameter);
    if (named !== undefined) return form.test(located.path) ? named : undefined;
    return readSegment(located.path);
  };
}

/** Reads the name of a path that begins, after a stage or a base path, with `root`. */
function createSegmentReader(root: string, ending: string): (path: string) => string | undefined {
  const whole = new RegExp(`^${BEFORE}/${root}/([^/]+)${ending}/?$`);
  return (path) => {
    const segment = whole.exec(path)?.[1];
    return segment === undefined ? undefined : decode(segment);
  };
}

const readIdInPath = createSegmentReader('sessions', '/tokens');

/** The id in `/sessions/{sessionId}/tokens`; empty when the path names none. */
export function readSessionId(located: Located): string {
  return readPathParameter(located, 'sessionId') ?? readIdInPath(located.path) ?? '';
}

/** A path without a name in it, such as `/session`. */
export function createPathTest(path: string): (located: Located) => boolean {
  const whole = new RegExp(`^${BEFORE}${path}/?$`);
  return (located) => whole.test(located.path);
}

/** @returns what API Gateway read from the path, percent-decoded; `undefined` where it read nothing */
export function readPathParameter(
  { pathParameters }: Pick<Located, 'pathParameters'>,
  parameter: string,
): string | undefined {
  const value = pathParameters[parameter];
  return typeof value === 'string' ? decode(value) : undefined;
}

/**
 * REST APIs and function URLs hand names out encoded, HTTP APIs decoded. Neither a room's name nor a
 * session id has a `%`, so one decoding serves all, and what cannot be decoded stays wrong.
 */
export function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
