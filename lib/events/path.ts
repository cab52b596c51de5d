/**
 * Reads what a path names: the room of `/rooms/{name}`, the session of `/sessions/{sessionId}/tokens`.
 * Pure: no I/O.
 *
 * Where API Gateway names the route, the route decides, and the path only has to agree with its ending.
 * So any stage, base path or prefix may come first. HTTP APIs also hand over paths decoded, and
 * `/rooms/a%2Frooms%2Fb/tokens` with the name `a/rooms/b` looks like the path of a room `b`
 * (middleapi/standard-server#93, verified). Function URLs and catch-all routes have the path alone. It is
 * read from its beginning, with at most one segment in front: a stage or a base path.
 */
import type { HttpRequest } from './http-request.ts';

/** Without a `route`, API Gateway has named none. */
export type Located = Pick<HttpRequest, 'path' | 'pathParameters'> &
  Partial<Pick<HttpRequest, 'route'>>;

const BEFORE = '(?:/(?!(?:rooms?|sessions?)/)[^/]+)?';

/** A path that names one thing. */
export interface NamingPath {
  /** The path parameter of the route. */
  readonly parameter: string;
  /** The segment before the name, such as `rooms`. */
  readonly root: string;
  /** What follows the name, such as `/tokens`; empty for nothing. */
  readonly ending: string;
}

/** Returns a function that reads the name, percent-decoded, of a path of that form; `undefined` of another. */
export function createNameReader({
  parameter,
  root,
  ending,
}: NamingPath): (located: Located) => string | undefined {
  const template = `/${root}/{${parameter}}${ending}`;
  const readSegment = createSegmentReader(root, ending);
  const form = new RegExp(`/${root}/.+${ending}/?$`, 's');
  return (located) => {
    const { path, route } = located;
    if (route !== undefined) {
      const values = matchRoute(located, template);
      return values && (values[0] ?? readSegment(path));
    }
    const named = readPathParameter(located, parameter);
    if (named !== undefined) return form.test(path) ? named : undefined;
    return readSegment(path);
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

const readSession = createNameReader({
  parameter: 'sessionId',
  root: 'sessions',
  ending: '/tokens',
});

/**
 * Returns the id in `/sessions/{sessionId}/tokens`, or the parameter `sessionId` of whatever route
 * another deployment gives the function; empty if there is none.
 */
export function readSessionId(located: Located): string {
  const { route } = located;
  const named = readPathParameter(located, 'sessionId');
  const isOfRoute = named !== undefined && (route === undefined || agrees(located, route));
  return (isOfRoute ? named : readSession(located)) ?? '';
}

/** Returns a test for a path without a name in it, such as `/session`. */
export function createPathTest(path: string): (located: Located) => boolean {
  const whole = new RegExp(`^${BEFORE}${path}/?$`);
  return (located) =>
    located.route === undefined
      ? whole.test(located.path)
      : matchRoute(located, path) !== undefined;
}

/**
 * Returns the values of the template's parameters, in order and percent-decoded, if the request's
 * route is that of the template, whatever comes before it and whatever the route calls its parameters.
 * A value is `undefined` where API Gateway read none.
 */
export function matchRoute(
  located: Located,
  template: string,
): readonly (string | undefined)[] | undefined {
  const { route = '' } = located;
  const wanted = template.split('/').slice(1);
  const segments = route.split('/').slice(1).slice(-wanted.length);
  const parameters: string[] = [];
  for (const [index, want] of wanted.entries()) {
    const segment = segments[index] ?? '';
    const parameter = PARAMETER.exec(segment)?.[1];
    if (PARAMETER.test(want) && parameter !== undefined) parameters.push(parameter);
    else if (segment !== want) return undefined;
  }
  if (!agrees(located, route)) return undefined;
  return parameters.map((name) => readPathParameter(located, name));
}

const PARAMETER = /^\{([^{}+]+)\}$/;

/** Whether the path ends as its route does: with the same text, or with the route's last parameter. */
function agrees(located: Located, route: string): boolean {
  const path = located.path.replace(/(?<=.)\/$/, '');
  const [, parameter = '', text = ''] = /\{([^{}]+)\}([^{}]*)$/.exec(route) ?? [
    undefined,
    '',
    route,
  ];
  if (text !== '') return path.endsWith(text) || decode(path).endsWith(text);
  const value = readPathParameter(located, parameter);
  return value === undefined || decode(located.path).replace(/\/$/, '').endsWith(`/${value}`);
}

/** Returns what API Gateway read from the path, percent-decoded; `undefined` where it read nothing. */
export function readPathParameter(
  { pathParameters }: Pick<Located, 'pathParameters'>,
  parameter: string,
): string | undefined {
  const value = pathParameters[parameter];
  return typeof value === 'string' ? decode(value) : undefined;
}

/**
 * REST APIs and function URLs hand over names encoded, HTTP APIs decoded. Neither a room's name nor a
 * session id contains a `%`, so one decoding serves all, and what cannot be decoded stays invalid.
 */
export function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
