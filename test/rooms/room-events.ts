/** HTTP events of the routes of rooms, at every door, and who may stand at it. */
import { type BuildHttpEvent, type HttpEvent, httpApiEvent } from '../support/http-events.ts';

export interface RoomCall {
  /** Such as `GET /rooms/standup`, as the client sent it. */
  readonly route: string;
  readonly body?: object;
  /** The claims of an end user's token; a trusted caller when absent. */
  readonly claims?: Readonly<Record<string, string>>;
  /** `If-Match`. */
  readonly ifMatch?: string;
}

/** Whether an event is of a route of manageRoom. */
export function isOfHosts(event: unknown): boolean {
  const { rawPath, path = rawPath, httpMethod, requestContext } = Object(event);
  const method = httpMethod ?? Object(Object(requestContext).http).method;
  if (typeof path !== 'string') return false;
  if (/^\/rooms\/[^/]+\/(?:invites|knocks|participants)(?:\/[^/]+)?$/.test(path)) return true;
  return method !== 'POST' && /^\/rooms(?:\/[^/]+)?$/.test(path);
}

export function roomEvent(call: RoomCall | string, door: BuildHttpEvent = httpApiEvent): HttpEvent {
  const { route, body, claims, ifMatch } =
    typeof call === 'string' ? ({ route: call } as RoomCall) : call;
  const [method = '', target = ''] = route.split(' ');
  const [path = '', query = ''] = target.split('?');
  const event = door({ method, ...(body ? { body } : {}) });
  const { http, authorizer, ...requestContext } = event['requestContext'] as Record<string, object>;
  const headers = { ...Object(event['headers']), ...(ifMatch && { 'if-match': ifMatch }) };
  const template = toTemplate(path);
  const isRouted = event['routeKey'] !== '$default';
  const routed = isRouted ? { routeKey: `${method} ${template}` } : {};
  return {
    ...event,
    headers,
    ...('rawPath' in event
      ? { rawPath: path, rawQueryString: query, ...routed }
      : { path, resource: template, ...toQueryFields(query) }),
    requestContext: {
      ...requestContext,
      ...(http ? routed : { resourcePath: template }),
      ...(http ? { http: { ...http, path } } : {}),
      authorizer: claims
        ? { jwt: { claims: { sub: 'ada', ...claims }, scopes: null } }
        : authorizer,
    },
  };
}

/** Returns the route that API Gateway matches for the path. */
function toTemplate(path: string): string {
  return path
    .replace(/(\/(?:rooms?|session)\/)[^/]+/, '$1{name}')
    .replace(/(\/sessions\/)[^/]+/, '$1{sessionId}')
    .replace(/(\/invites\/)(?!tokens$)[^/]+$/, '$1{inviteId}')
    .replace(/(\/knocks\/)[^/]+$/, '$1{knockId}')
    .replace(/(\/participants\/)[^/]+$/, '$1{participantId}');
}

/** As payload 1.0 has them. */
function toQueryFields(query: string): object {
  if (query === '') return {};
  const parameters = new URLSearchParams(query);
  const names = [...parameters.keys()];
  return {
    queryStringParameters: Object.fromEntries(parameters),
    multiValueQueryStringParameters: Object.fromEntries(
      names.map((name) => [name, parameters.getAll(name)]),
    ),
  };
}

export interface RoomAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when there is none. */
  readonly body: Record<string, unknown>;
}

/** Reads an answer as a client would. */
export function readRoomAnswer(answer: object): RoomAnswer {
  const { statusCode, headers, body } = answer as {
    statusCode: number;
    headers: Record<string, string>;
    body: string;
  };
  return { status: statusCode, headers, body: body === '' ? {} : JSON.parse(body) };
}

export interface GuestCall {
  readonly body: object | undefined;
  /** Where API Gateway saw the request come from. */
  readonly address?: string;
  readonly door?: BuildHttpEvent;
}

/** The event of a route that has no authorizer. */
export function guestEvent({ body, address = '203.0.113.7', door }: GuestCall): HttpEvent {
  const route = 'POST /invites/tokens';
  const event = roomEvent({ route, ...(body && { body }) }, door);
  const { authorizer: _, http, identity, ...rest } = Object(event['requestContext']);
  const { pathParameters: __, ...others } = event;
  return {
    ...others,
    requestContext: {
      ...rest,
      ...(http && { http: { ...http, sourceIp: address } }),
      ...(identity && {
        identity: { sourceIp: address, userAgent: 'curl/8.9.1', userArn: null },
      }),
    },
  };
}
