/**
 * What can be asked of rooms. Pure: the clock is an argument.
 */
import * as v from 'valibot';
import { parseBoth, parseFields, parseWithin } from './request-fields.ts';
import { parseRoomField, type WantedOptions } from './room.ts';
import { parseSessionRequest, type SessionOptions } from './session-request.ts';
import { parseTokenRequest, type TokenLimits, type TokenRequest } from './token-request.ts';

/** A session that a room is to have: all options for making it, and those asked for explicitly. */
export interface SessionWish {
  readonly options: SessionOptions;
  readonly wanted: WantedOptions;
}

export interface JoinRequest {
  readonly room: string;
  readonly token: TokenRequest;
  readonly session: SessionWish;
}

export interface OpenRequest {
  readonly room: string;
  readonly session: SessionWish;
}

/**
 * @param body the request body, without the room's name
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseJoinRequest(room: string, body: unknown, limits: TokenLimits): JoinRequest {
  const [wish, rest] = takeField(body, 'session');
  const [token, session] = parseBoth(
    () => parseTokenRequest(rest, limits),
    () => parseSessionWish(wish),
  );
  return { room, token, session };
}

/** The same for a request that names its room itself, there being no path to do so. */
export function parseDirectJoinRequest(input: unknown, limits: TokenLimits): JoinRequest {
  const [name, rest] = takeField(input, 'room');
  const [room, request] = parseBoth(
    () => parseRoomField(name),
    () => parseJoinRequest('', rest, limits),
  );
  return { ...request, room };
}

const openFields = v.object({});

/** @throws Fault `ValidationError` that lists every faulty field */
export function parseOpenRequest(input: unknown): OpenRequest {
  const [name, withSession] = takeField(input, 'room');
  const [wish, rest] = takeField(withSession, 'session');
  const [room, [session]] = parseBoth(
    () => parseRoomField(name),
    () =>
      parseBoth(
        () => parseSessionWish(wish),
        () => parseFields(openFields, rest),
      ),
  );
  return { room, session };
}

/** @param wish what the request says of the session; `undefined` for nothing */
export function parseSessionWish(wish: unknown): SessionWish {
  const options = parseWithin('session', () => parseSessionRequest(wish));
  const names = Object.keys(wish ?? {}) as (keyof SessionOptions)[];
  return { options, wanted: Object.fromEntries(names.map((name) => [name, options[name]])) };
}

/** Takes one field off; what is no object is left whole, for its parser to refuse. */
function takeField(input: unknown, name: string): [field: unknown, rest: unknown] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return [undefined, input];
  }
  const { [name]: field, ...rest } = input as Record<string, unknown>;
  return [field, rest];
}
