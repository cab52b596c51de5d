/**
 * What can be asked of rooms. Pure: the clock is an argument.
 */
import * as v from 'valibot';
import { maxCharacters, parseBoth, parseFields, parseWithin } from '../../domain/request-fields.ts';
import { parseSessionRequest, type SessionOptions } from '../../domain/session-request.ts';
import {
  parseTokenRequest,
  type TokenLimits,
  type TokenRequest,
} from '../../domain/token-request.ts';
import { parseRoomField, type RequestedOptions } from './room.ts';
import { parseNewRules, type RoomRules } from './room-rules.ts';

/** A session that a room is to have: all options for making it, and those asked for explicitly. */
export interface RequestedSession {
  readonly options: SessionOptions;
  readonly requested: RequestedOptions;
}

const knockRule = 'must be the text that an answer to who waits had under the same name';
export const KNOCK_MAX_LENGTH = 256;
/** What somebody who waits sends along when they ask again. */
export const knockText = v.pipe(v.string(knockRule), maxCharacters(KNOCK_MAX_LENGTH, knockRule));
const joinExtras = v.object({ knock: v.optional(knockText) });

export interface JoinRequest {
  readonly room: string;
  readonly token: TokenRequest;
  /** Whether the token's expiry was asked for; a default one gives way to the room's rules. */
  readonly isExpiryAsked: boolean;
  readonly session: RequestedSession;
}

export interface OpenRequest {
  readonly room: string;
  readonly session: RequestedSession;
  /** All rules for making the room, and those asked for explicitly. */
  readonly rules: RoomRules;
  readonly requestedRules: Partial<RoomRules>;
}

/**
 * @param body the request body, without the room's name
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseJoinRequest(room: string, body: unknown, limits: TokenLimits): JoinRequest {
  const [given, withKnock] = takeField(body, 'session');
  const [knock, rest] = takeField(withKnock, 'knock');
  const [[token, session]] = parseBoth(
    () =>
      parseBoth(
        () => parseTokenRequest(rest, limits),
        () => parseRequestedSession(given),
      ),
    // Who has an account is known by it at the door; the text only has to be one.
    () => parseFields(joinExtras, knock === undefined ? {} : { knock }),
  );
  return { room, token, isExpiryAsked: isExpiryAsked(rest), session };
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

/**
 * @param body what a room is to be, without its name
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseOpenRequest(
  room: string,
  body: unknown,
  { nowSeconds }: Pick<TokenLimits, 'nowSeconds'>,
): OpenRequest {
  const [given, rest] = takeField(body, 'session');
  const [session, rules] = parseBoth(
    () => parseRequestedSession(given),
    () => parseNewRules(rest, nowSeconds),
  );
  const names = Object.keys(rest ?? {}) as (keyof RoomRules)[];
  const requestedRules = Object.fromEntries(names.map((name) => [name, rules[name]]));
  return { room, session, rules, requestedRules };
}

/** The same for a request that names its room itself, there being no path to do so. */
export function parseDirectOpenRequest(
  input: unknown,
  limits: Pick<TokenLimits, 'nowSeconds'>,
): OpenRequest {
  const [name, rest] = takeField(input, 'room');
  const [room, request] = parseBoth(
    () => parseRoomField(name),
    () => parseOpenRequest('', rest, limits),
  );
  return { ...request, room };
}

/** @param session what the request says of the session; `undefined` for nothing */
export function parseRequestedSession(session: unknown): RequestedSession {
  const options = parseWithin('session', () => parseSessionRequest(session));
  const names = Object.keys(session ?? {}) as (keyof SessionOptions)[];
  return { options, requested: Object.fromEntries(names.map((name) => [name, options[name]])) };
}

/** 0 is how a request says that it asks for none. */
function isExpiryAsked(fields: unknown): boolean {
  const expireTime = Object(fields)['expireTime'];
  return expireTime !== undefined && expireTime !== 0;
}

/** Takes one field off; what is no object is left whole, for its parser to refuse. */
export function takeField(input: unknown, name: string): [field: unknown, rest: unknown] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return [undefined, input];
  }
  const { [name]: field, ...rest } = input as Record<string, unknown>;
  return [field, rest];
}
