/**
 * Parses the requests to join and to open rooms. Pure: the clock is an argument.
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
import { parseMessageRules, parseNewRules, type RoomRules } from './room-rules.ts';

/** The requested session of a room: all options with their defaults, and those in the request. */
export interface RequestedSession {
  readonly options: SessionOptions;
  readonly requested: RequestedOptions;
}

const knockRule = 'must be the knock of an earlier 202 response';
export const KNOCK_MAX_LENGTH = 256;
/** What a waiting caller sends along with the next poll. */
export const knockText = v.pipe(v.string(knockRule), maxCharacters(KNOCK_MAX_LENGTH, knockRule));
const joinExtras = v.object({ knock: v.optional(knockText) });

export interface JoinRequest {
  readonly room: string;
  readonly token: TokenRequest;
  /** Whether the request has an expiry; the room's rules shorten a default one. */
  readonly isExpiryAsked: boolean;
  readonly session: RequestedSession;
  /** Whether the request carries the `knock` of a waiting caller. Users are identified by their account. */
  readonly hasKnock: boolean;
}

export interface OpenRequest {
  readonly room: string;
  readonly session: RequestedSession;
  /** All rules with their defaults, and those in the request. */
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
    // Only a hint: the caller's own knock is found by the subject.
    () => parseFields(joinExtras, knock === undefined ? {} : { knock }),
  );
  return {
    room,
    token,
    isExpiryAsked: isExpiryAsked(rest),
    session,
    hasKnock: knock !== undefined,
  };
}

/** Parses a direct request, which has the room's name in a field. */
export function parseDirectJoinRequest(input: unknown, limits: TokenLimits): JoinRequest {
  const [name, rest] = takeField(input, 'room');
  const [room, request] = parseBoth(
    () => parseRoomField(name),
    () => parseJoinRequest('', rest, limits),
  );
  return { ...request, room };
}

/**
 * @param body the request body, without the room's name
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseOpenRequest(
  room: string,
  body: unknown,
  { nowSeconds }: Pick<TokenLimits, 'nowSeconds'>,
  parseRules: typeof parseNewRules = parseNewRules,
): OpenRequest {
  const [given, rest] = takeField(body, 'session');
  const [session, rules] = parseBoth(
    () => parseRequestedSession(given),
    () => parseRules(rest, nowSeconds),
  );
  const names = Object.keys(rest ?? {}).map((name) =>
    name === 'roomReference' ? 'reference' : name,
  ) as (keyof RoomRules)[];
  const requestedRules = Object.fromEntries(names.map((name) => [name, rules[name]]));
  return { room, session, rules, requestedRules };
}

/**
 * Parses a message or a direct request, which have the room's name in a field. `reference` is a message's
 * own, so the room's is `roomReference`.
 */
export function parseDirectOpenRequest(
  input: unknown,
  limits: Pick<TokenLimits, 'nowSeconds'>,
): OpenRequest {
  const [name, rest] = takeField(input, 'room');
  const [room, request] = parseBoth(
    () => parseRoomField(name),
    () => parseOpenRequest('', rest, limits, parseMessageRules),
  );
  return { ...request, room };
}

/** @param session the field of the request; `undefined` if omitted */
export function parseRequestedSession(session: unknown): RequestedSession {
  const options = parseWithin('session', () => parseSessionRequest(session));
  const names = Object.keys(session ?? {}) as (keyof SessionOptions)[];
  return { options, requested: Object.fromEntries(names.map((name) => [name, options[name]])) };
}

/** An expiry of 0 stands for the default. */
function isExpiryAsked(fields: unknown): boolean {
  const expireTime = Object(fields)['expireTime'];
  return expireTime !== undefined && expireTime !== 0;
}

/** Splits off one field. A value that is not an object is returned whole, so its parser rejects it. */
export function takeField(input: unknown, name: string): [field: unknown, rest: unknown] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return [undefined, input];
  }
  const { [name]: field, ...rest } = input as Record<string, unknown>;
  return [field, rest];
}
