/**
 * The rules of a room: when it is open, who may join, and with which role. Pure: the clock is an argument.
 *
 * The platform has no "not before": a token is valid from its creation until its expiry. So the window is
 * enforced where tokens are issued, and no token outlives it.
 */
import * as v from 'valibot';
import { type Caller, isHost, mayHaveRole } from '../../domain/access.ts';
import { type FieldError, validationError } from '../../domain/faults.ts';
import {
  type FieldsRule,
  maxCharacters,
  oneOf,
  parseFields,
  wellFormedText,
} from '../../domain/request-fields.ts';
import {
  LOOKS_LIKE_MILLISECONDS,
  MILLISECONDS_RULE,
  ROLES,
  type Role,
  type TokenRequest,
} from '../../domain/token-request.ts';
import { roomFault } from '../faults.ts';

const ADMISSIONS = ['open', 'knock', 'closed'] as const;
const timeRule = 'must be whole seconds since the UNIX epoch';

/** Whole seconds since the UNIX epoch. */
export const time = v.pipe(
  v.number(timeRule),
  v.check((seconds) => seconds < LOOKS_LIKE_MILLISECONDS, MILLISECONDS_RULE),
  v.check(
    (seconds) => seconds >= LOOKS_LIKE_MILLISECONDS || (Number.isInteger(seconds) && seconds >= 0),
    timeRule,
  ),
);

/** In characters (code points). */
export const REFERENCE_MAX_LENGTH = 256;
const referenceRule = `must be at most ${REFERENCE_MAX_LENGTH} characters`;
/** A back end's own name for a room. Returned with the room and in its events, and never interpreted. */
const reference = v.pipe(wellFormedText, maxCharacters(REFERENCE_MAX_LENGTH, referenceRule));

/** The platform's limit of connections to a session. */
export const MAX_PARTICIPANTS = 15_000;
const maxParticipantsRule = `must be a whole number from 1 to ${MAX_PARTICIPANTS}`;
const maxParticipants = v.pipe(
  v.number(maxParticipantsRule),
  v.check(
    (count) => Number.isInteger(count) && count >= 1 && count <= MAX_PARTICIPANTS,
    maxParticipantsRule,
  ),
);

/** False is the same as omitted. */
const disconnectAtClose = v.pipe(
  v.boolean('must be true or false'),
  v.transform((isOn) => isOn || undefined),
);

/** All fields are optional. */
export const roomRules = v.object({
  opensAt: v.optional(time),
  closesAt: v.optional(time),
  admission: v.optional(oneOf(ADMISSIONS), 'open'),
  defaultRole: v.optional(oneOf(ROLES)),
  reference: v.optional(reference),
  maxParticipants: v.optional(maxParticipants),
  disconnectAtClose: v.optional(disconnectAtClose),
});

/** Valid rules, defaults filled in. Times are whole seconds since the UNIX epoch. */
export type RoomRules = Readonly<v.InferOutput<typeof roomRules>>;

/** The rules of a room that no host has put. */
export const NO_RULES: RoomRules = { admission: 'open' };

/** @throws Fault `ValidationError` that lists every faulty field */
export function parseRules(input: unknown): RoomRules {
  return parseFields(roomRules, input, judgeWindow);
}

const judgeWindow: FieldsRule = ({ opensAt, closesAt, disconnectAtClose: disconnects }) => [
  ...(typeof opensAt === 'number' && typeof closesAt === 'number' && closesAt <= opensAt
    ? [{ pointer: '#/closesAt', detail: 'must be later than opensAt' }]
    : []),
  ...(disconnects === true && closesAt === undefined
    ? [{ pointer: '#/disconnectAtClose', detail: 'needs closesAt, the time to disconnect at' }]
    : []),
];

/** Parses rules that are about to take effect, so `closesAt` has to be in the future. */
export function parseNewRules(input: unknown, nowSeconds: number): RoomRules {
  return parseFields(roomRules, input, judgeNewWindow(nowSeconds));
}

const { reference: _, ...otherRules } = roomRules.entries;
/** The rules in a message, of which `reference` is the message's own. */
export const messageRules = v.object({ ...otherRules, roomReference: v.optional(reference) });

/** Parses the rules in a message. */
export function parseMessageRules(input: unknown, nowSeconds: number): RoomRules {
  const fields = parseFields(messageRules, input, judgeNewWindow(nowSeconds));
  const { roomReference, ...rules } = fields;
  return { ...rules, ...(roomReference !== undefined && { reference: roomReference }) };
}

function judgeNewWindow(nowSeconds: number): FieldsRule {
  return (fields) => {
    const { closesAt } = fields;
    return typeof closesAt === 'number' && closesAt <= nowSeconds
      ? [{ pointer: '#/closesAt', detail: `must be later than now (${nowSeconds})` }]
      : judgeWindow(fields);
  };
}

type RulesInEffect = Readonly<Partial<Record<keyof RoomRules, (rules: RoomRules) => boolean>>>;

/** Rules that keep callers out for some time or for good; the other rules do not. */
const EXCLUDING: RulesInEffect = {
  opensAt: ({ opensAt }) => opensAt !== undefined,
  closesAt: ({ closesAt }) => closesAt !== undefined,
  admission: ({ admission }) => admission !== 'open',
};

/**
 * Rules that a deployment with `liveRooms=true` enforces: by the platform's callbacks, and by `closeRooms`. They need
 * no new session of the room, because a caller with an older token is checked when they connect.
 */
const LIVE: RulesInEffect = {
  maxParticipants: (rules) => rules.maxParticipants !== undefined,
  disconnectAtClose: (rules) => rules.disconnectAtClose === true,
};

/** Returns whether the rules keep anyone out, now or later, and issued tokens would bypass them. */
export function keepAnyoneOut({ opensAt = 0, ...rules }: RoomRules, nowSeconds: number): boolean {
  return opensAt > nowSeconds || Object.values(EXCLUDING).some((isExcluding) => isExcluding(rules));
}

/** What a deployment enforces. */
export interface Enforcement {
  /** Whether end users get tokens by session id. With `auth=iam` there are no end users. */
  readonly allowsTokensBySessionId: boolean;
  /** Whether the platform's callbacks are received, and rooms are emptied when they close. */
  readonly liveRooms: boolean;
}

/**
 * Rejects rules that the deployment does not enforce: those that need callbacks, and those that tokens by
 * session id would bypass. Every participant knows the session id, because every response contains it, and
 * could get a token at `POST /sessions/{sessionId}/tokens`.
 *
 * @throws Fault `ValidationError` that lists each rule without effect
 */
export function assertRulesHold(rules: RoomRules, enforcement: Enforcement): void {
  const { allowsTokensBySessionId, liveRooms } = enforcement;
  const list = (kind: RulesInEffect, detail: string): readonly FieldError[] =>
    Object.entries(kind)
      .filter(([, isInEffect]) => isInEffect(rules))
      .map(([name]) => ({ pointer: `#/${name}`, detail }));
  const errors = [
    ...(liveRooms ? [] : list(LIVE, NOT_LIVE)),
    ...(allowsTokensBySessionId ? list({ ...EXCLUDING, ...LIVE }, BYPASSED) : []),
  ];
  if (errors.length > 0) throw validationError(errors);
}

const NOT_LIVE =
  "has no effect without the platform's callbacks and the schedule that come with liveRooms=true; deploy with it first (docs/live.md)";
const BYPASSED =
  'has no effect while end users get tokens by session id, which is in every response; deploy with roomsOnly=true first';

/**
 * Rejects bans where tokens by session id would bypass them.
 *
 * @throws Fault `ValidationError`
 */
export function assertBansHold({
  allowsTokensBySessionId,
}: Pick<Enforcement, 'allowsTokensBySessionId'>): void {
  if (allowsTokensBySessionId) {
    throw validationError([{ pointer: '#/decision', detail: `ban ${BYPASSED}` }]);
  }
}

/**
 * @throws Fault `RoomClosedError` from `closesAt` on; `RoomNotOpenError` before `opensAt` and
 *   `RoomLockedError` with `closed`, both for callers who are not hosts
 */
export function assertAdmitted(rules: RoomRules, caller: Caller, nowSeconds: number): void {
  const { opensAt, closesAt, admission } = rules;
  if (closesAt !== undefined && nowSeconds >= closesAt) {
    throw roomFault('RoomClosedError', `The room has closed, at ${closesAt}.`);
  }
  if (isHost(caller)) return;
  if (opensAt !== undefined && nowSeconds < opensAt) {
    throw roomFault('RoomNotOpenError', `The room opens at ${opensAt}; it is ${nowSeconds}.`, {
      members: { opensAt },
      retryAfterSeconds: opensAt - nowSeconds,
    });
  }
  if (admission === 'closed') {
    throw roomFault('RoomLockedError', 'The room is locked; only its hosts may enter.');
  }
}

/**
 * Applies the rules to a token: a request without a role gets the room's default role if the caller may
 * have it, and the token expires at `closesAt` at the latest.
 *
 * @param isExpiryAsked whether the request has an expiry; a default one is shortened
 * @throws Fault `ValidationError` if the requested expiry is later than `closesAt`
 */
export function applyRules(
  { closesAt, defaultRole }: RoomRules,
  caller: Caller,
  { token, isExpiryAsked }: { readonly token: TokenRequest; readonly isExpiryAsked: boolean },
): TokenRequest {
  if (closesAt !== undefined && isExpiryAsked && token.expireTime > closesAt) {
    const detail = `must be at most ${closesAt}, when the room closes`;
    throw validationError([{ pointer: '#/expireTime', detail }]);
  }
  return {
    ...token,
    role: token.role ?? grantDefault(defaultRole, caller),
    expireTime: Math.min(token.expireTime, closesAt ?? token.expireTime),
  };
}

/** @returns `undefined` for the caller's own default */
function grantDefault(role: Role | undefined, caller: Caller): Role | undefined {
  return role !== undefined && mayHaveRole(caller, role) ? role : undefined;
}

/** @throws Fault `RoomConflictError` that lists each requested rule that differs */
export function assertSameRules(rules: RoomRules, requested: Partial<RoomRules>): void {
  const names = Object.keys(requested) as (keyof RoomRules)[];
  const errors = names
    .filter((name) => rules[name] !== requested[name])
    .map((name) => ({
      pointer: name === 'reference' ? '#/roomReference' : `#/${name}`,
      detail: `the room has ${rules[name] === undefined ? 'none' : JSON.stringify(rules[name])}`,
    }));
  if (errors.length === 0) return;
  throw roomFault('RoomConflictError', 'The room exists with other rules.', { errors });
}
