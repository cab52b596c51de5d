/**
 * Which route of an HTTP API a request takes. Pure: no I/O.
 * Source: API Gateway developer guide, "Routes for HTTP APIs": the most specific match wins.
 */
export interface Route {
  readonly functionName: string;
  readonly method: string;
  /** Such as `/rooms/{name}/tokens`. */
  readonly path: string;
}

export interface RouteMatch {
  readonly route: Route;
  /** What the braces of the route's path stand for, decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * @param path as the client sent it, without its query
 * @returns `undefined` when no route fits
 * @throws URIError for an escape in the path that is none
 */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteMatch | undefined {
  const segments = path.split('/').map(decodeURIComponent);
  const matches = routes
    .filter((route) => route.method === method)
    .flatMap((route) => {
      const pathParameters = matchPath(route.path.split('/'), segments);
      return pathParameters ? [{ route, pathParameters }] : [];
    });
  const countOf = ({ pathParameters }: RouteMatch) => Object.keys(pathParameters).length;
  return matches.toSorted((one, other) => countOf(one) - countOf(other))[0];
}

function matchPath(
  wanted: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (wanted.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const name = /^\{(\w+)\}$/.exec(wanted[index] ?? '')?.[1];
    if (name !== undefined && segment !== '') parameters[name] = segment;
    else if (segment !== wanted[index]) return undefined;
  }
  return parameters;
}
