/**
 * Who may have what: the one decision about callers and what they ask for. Pure: no I/O, and no
 * notion of HTTP.
 *
 * Trusted callers (back ends that IAM let in, direct invocations) may have everything. End users
 * get no more than their own role, and cannot choose freely who they say they are.
 */
import { Fault, validationError } from './faults.ts';
import {
  DATA_MAX_LENGTH,
  MAX_TOKEN_SECONDS,
  type Role,
  type TokenRequest,
} from './token-request.ts';

export type Caller =
  | { readonly kind: 'trusted' }
  | {
      readonly kind: 'user';
      /** Who the user is, in the words of whoever authenticated them (`sub`). */
      readonly subject: string;
      readonly name?: undefined;
      /** The highest role the user may have. */
      readonly maxRole: Role;
      /** The rooms that the user may join; `undefined` for all. */
      readonly rooms?: readonly string[] | undefined;
      /** Whether the user gets tokens by room alone, and none by session id. */
      readonly roomsOnly: boolean;
    }
  | Guest
  | { readonly kind: 'anybody' };

/** Somebody without an account, whom an invite vouches for. Never a host, whatever their role. */
export interface Guest {
  readonly kind: 'guest';
  /** `guest:` and something random, the same whenever they come back. */
  readonly subject: string;
  /** What they are called, in the words of who invited them or else their own. */
  readonly name: string | undefined;
  readonly maxRole: Role;
  /** The one room that they may join. */
  readonly room: string;
}

export const TRUSTED: Caller = { kind: 'trusted' };
/** Of a route that everybody reaches: nobody vouches for them yet, so they may have nothing. */
export const ANYBODY: Caller = { kind: 'anybody' };

/** No user's subject begins so, so that no guest passes for one, nor the other way round. */
export const GUEST_PREFIX = 'guest:';

/** A browser's token need not outlive the day; a back end may have all that the platform allows. */
export const USER_MAX_TOKEN_SECONDS = 24 * 60 * 60;

/** Subscriber and publisheronly both lie below publisher, and neither below the other. */
const ROLES_UP_TO: Readonly<Record<Role, readonly Role[]>> = {
  subscriber: ['subscriber'],
  publisheronly: ['publisheronly'],
  publisher: ['publisher', 'subscriber', 'publisheronly'],
  moderator: ['moderator', 'publisher', 'subscriber', 'publisheronly'],
};

const MAX_TOKEN_SECONDS_BY_CALLER = {
  trusted: MAX_TOKEN_SECONDS,
  user: USER_MAX_TOKEN_SECONDS,
  guest: USER_MAX_TOKEN_SECONDS,
  anybody: USER_MAX_TOKEN_SECONDS,
} as const satisfies Record<Caller['kind'], number>;

/**
 * The longest life of a caller's tokens, in seconds.
 * @param configuredSeconds lowers it for all callers, and raises it for none
 */
export function tokenCeilingSeconds(
  { kind }: Caller,
  configuredSeconds: number = MAX_TOKEN_SECONDS,
): number {
  return Math.min(configuredSeconds, MAX_TOKEN_SECONDS_BY_CALLER[kind]);
}

/** Trusted callers and moderators: they create sessions, and create, see and close rooms. */
export function isHost(caller: Caller): boolean {
  return caller.kind === 'trusted' || (caller.kind === 'user' && caller.maxRole === 'moderator');
}

/** @throws Fault `ForbiddenError` unless the caller is trusted or may be a moderator */
export function assertMayCreateSession(caller: Caller): void {
  if (isHost(caller)) return;
  const limit = caller.kind === 'user' ? `; the highest role allowed is ${caller.maxRole}` : '';
  throw new Fault('ForbiddenError', `Only moderators create sessions${limit}.`);
}

/**
 * Every way to a token leads to a session: by room (`assertMayEnter` in room-access.ts), or by the
 * session's id, which whoever was ever in the session knows, and which comes past here.
 * @throws Fault `ForbiddenError` for who gets tokens by room alone
 */
export function assertMayNameSession(caller: Caller): void {
  if (caller.kind === 'trusted') return;
  if (caller.kind === 'user' && !caller.roomsOnly && caller.rooms === undefined) return;
  throw new Fault(
    'ForbiddenError',
    'Tokens are not issued by session id here; join the room: POST /rooms/{name}/tokens.',
  );
}

/**
 * Whoever may ask for verdicts on signatures learns which tokens pass, also of those that are not theirs.
 * @throws Fault `ForbiddenError` for end users
 */
export function assertMayInspectTokens({ kind }: Caller): void {
  if (kind === 'trusted') return;
  throw new Fault('ForbiddenError', 'Only trusted callers inspect tokens.');
}

/** What a token will carry of the things that depend on who asks. */
export interface TokenGrant {
  readonly role: Role;
  readonly data: string | undefined;
}

/**
 * @throws Fault `ForbiddenError` for a role above the caller's, `ValidationError` for data that
 *   leaves no room for the caller's identity
 */
export function decideToken(
  caller: Caller,
  { role, data }: Pick<TokenRequest, 'role' | 'data'>,
): TokenGrant {
  if (caller.kind === 'trusted') return { role: role ?? 'publisher', data };
  if (caller.kind === 'anybody') throw new Fault('ForbiddenError', 'Nobody vouches for you.');
  return { role: decideRole(caller.maxRole, role), data: identify(caller, data) };
}

/** Returns the role that all of the given roles include; `undefined` if there is none. */
export function findLowestRole(roles: readonly Role[]): Role | undefined {
  return roles.find((role) => roles.every((other) => ROLES_UP_TO[other].includes(role)));
}

/** Whether a role is within what the caller may have. */
export function mayHaveRole(caller: Caller, role: Role): boolean {
  if (caller.kind === 'trusted') return true;
  return caller.kind !== 'anybody' && ROLES_UP_TO[caller.maxRole].includes(role);
}

function decideRole(maxRole: Role, role: Role | undefined): Role {
  const allowed = ROLES_UP_TO[maxRole];
  if (role === undefined) return allowed.includes('publisher') ? 'publisher' : maxRole;
  if (allowed.includes(role)) return role;
  throw new Fault(
    'ForbiddenError',
    `The role asked for is ${role}; the highest allowed is ${maxRole}.`,
  );
}

/** Other clients read connection data to know who joined, so the caller's subject always stands in it. */
function identify(
  { kind, subject: sub, name }: Extract<Caller, { readonly subject: string }>,
  data: string | undefined,
): string {
  if (kind === 'user' && sub.startsWith(GUEST_PREFIX)) {
    throw new Fault('ForbiddenError', `The subject of a user must not begin with ${GUEST_PREFIX}`);
  }
  // JSON leaves out what is undefined.
  const identity = JSON.stringify({ sub, name, data });
  if (identity.length <= DATA_MAX_LENGTH) return identity;
  const left = DATA_MAX_LENGTH - JSON.stringify({ sub, name, data: '' }).length;
  if (left < 0) {
    throw new Fault('ForbiddenError', 'The subject of this user is too long for a token.');
  }
  throw validationError([
    {
      pointer: '#/data',
      detail: `must be at most ${left} characters, counted as escaped in JSON: the rest of ${DATA_MAX_LENGTH} holds the user's identity`,
    },
  ]);
}
