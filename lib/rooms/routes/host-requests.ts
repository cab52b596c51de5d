/**
 * Reads the requests of hosts: from a route, or from the fields of a direct invocation. Pure: no I/O.
 */
import * as v from 'valibot';
import { type Fault, validationError } from '../../domain/faults.ts';
import { oneOf, parseEach, parseFields } from '../../domain/request-fields.ts';
import { readHeaderValues } from '../../events/header-values.ts';
import { assertMethod, type HttpRequest } from '../../events/http-request.ts';
import { readQueryValues } from '../../events/query-values.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { parseIfMatch, parseIfMatchField } from '../domain/if-match.ts';
import { parseRoomField, readRoomName } from '../domain/room.ts';
import { takeField } from '../domain/room-request.ts';
import { roomFault } from '../faults.ts';
import { HOST_ACTIONS, type HostRequest, type HostResponse } from './host-actions.ts';
import { readHostPath } from './host-path.ts';

type ActionName = HostRequest['action'];

const NAMES = Object.keys(HOST_ACTIONS) as [ActionName, ...ActionName[]];
const actionField = v.object({ action: oneOf(NAMES) }, `must be one of ${NAMES.join(', ')}`);
const noFields = v.object({});

/**
 * @throws Fault `RoomNotFoundError` for a path of no route, `MethodNotAllowedError`, or `ValidationError`
 */
export function readHostRequest(http: HttpRequest, invocation: Invocation): HostRequest {
  const located = readHostPath(http);
  if (!located) throw nothingHere();
  const room = located.room === undefined ? {} : { room: readRoomName(located.room) };
  const actions = NAMES.filter((name) => HOST_ACTIONS[name].route.endsWith(` ${located.path}`));
  assertMethod(http, ...actions.map(methodOf));
  const action = actions.find((name) => methodOf(name) === (http.method || 'GET'));
  if (!action) throw nothingHere();
  const { isConditional, parseQuery, parseBody } = HOST_ACTIONS[action];
  return {
    ...(parseQuery
      ? parseQuery((name) => readQueryValues(http.event, name))
      : parseBody?.(http.body, invocation)),
    ...(isConditional && { ifMatch: readIfMatch(http) }),
    ...located.ids,
    ...room,
    action,
  } as HostRequest;
}

function methodOf(action: ActionName): string {
  return HOST_ACTIONS[action].route.split(' ', 1)[0] ?? '';
}

function nothingHere(): Fault {
  return roomFault('RoomNotFoundError', 'There is nothing at this path.');
}

function readIfMatch({ event }: HttpRequest) {
  const values = readHeaderValues(event, 'if-match');
  return parseIfMatch(values.length === 0 ? undefined : values.join(', '));
}

/**
 * @param input `action`, `room` if the action is about one, the ids of the route, `ifMatch` as the header has
 *   it, and the fields of the query or the body
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseHostRequest(input: unknown, invocation: Invocation): HostRequest {
  const [given, fields] = takeField(input, 'action');
  const { action } = parseFields(actionField, given === undefined ? {} : { action: given });
  const { route, isConditional, parseBody = parseNothing, impliedFields } = HOST_ACTIONS[action];
  const isOfOneRoom = route.includes('{name}');
  const [room, withoutRoom] = isOfOneRoom ? takeField(fields, 'room') : [undefined, fields];
  const [ifMatch, withoutIfMatch] = isConditional
    ? takeField(withoutRoom, 'ifMatch')
    : [undefined, withoutRoom];
  const idName = /\{(\w+Id)\}$/.exec(route)?.[1];
  const [id, body] = idName ? takeField(withoutIfMatch, idName) : [undefined, withoutIfMatch];
  const [condition, ids, name, parsed] = parseEach<object>([
    () => (isConditional ? { ifMatch: parseIfMatchField(ifMatch) } : {}),
    () => (idName ? { [idName]: parseId(idName, id) } : {}),
    () => (isOfOneRoom ? { room: parseRoomField(room) } : {}),
    () => parseBody(impliedFields ? { ...impliedFields, ...Object(body) } : body, invocation),
  ]);
  return { ...parsed, ...condition, ...ids, ...name, action } as HostRequest;
}

function parseNothing(fields: unknown): object {
  return parseFields(noFields, fields);
}

/** Any text is accepted, as in a path: one that is not an id names nothing that exists. */
function parseId(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw validationError([
    { pointer: `#/${name}`, detail: 'must be a string: the id from the list' },
  ]);
}

export function toHostStatus({ action }: HostRequest, response: HostResponse): number {
  const { status } = HOST_ACTIONS[action];
  return typeof status === 'number' ? status : status(response);
}

export function toHostHeaders(response: HostResponse): Readonly<Record<string, string>> {
  return 'etag' in response ? { etag: response.etag } : {};
}
