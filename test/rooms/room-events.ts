/** HTTP events of the routes of rooms, at every door, and who may stand at it. */
import { type BuildHttpEvent, type HttpEvent, httpApiEvent } from '../support/http-events.ts';

export interface RoomCall {
  /** Such as `GET /rooms/standup`, as the client sent it. */
  readonly route: string;
  readonly body?: object;
  /** The claims of an end user's token; a trusted caller when absent. */
  readonly claims?: Readonly<Record<string, string>>;
}

export function roomEvent(call: RoomCall | string, door: BuildHttpEvent = httpApiEvent): HttpEvent {
  const { route, body, claims } = typeof call === 'string' ? ({ route: call } as RoomCall) : call;
  const [method = '', target = ''] = route.split(' ');
  const [path = '', query = ''] = target.split('?');
  const event = door({ method, ...(body ? { body } : {}) });
  const { http, authorizer, ...requestContext } = event['requestContext'] as Record<string, object>;
  return {
    ...event,
    ...('rawPath' in event
      ? { rawPath: path, rawQueryString: query }
      : { path, ...toQueryFields(query) }),
    requestContext: {
      ...requestContext,
      ...(http ? { http: { ...http, path } } : {}),
      authorizer: claims
        ? { jwt: { claims: { sub: 'ada', ...claims }, scopes: null } }
        : authorizer,
    },
  };
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
