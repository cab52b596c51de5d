/**
 * Decides which token and which operation a caller may have. Pure: no I/O and no HTTP.
 *
 * Trusted callers (back ends authorized by IAM, and direct invocations) may have everything. End users
 * and guests get at most their own role, and their tokens always carry their identity.
 */
import { Fault, validationError } from './faults.ts';
import { writeIdentity } from './identity.ts';
import {
  DATA_MAX_LENGTH,
  MAX_TOKEN_SECONDS,
  ROLES_UP_TO,
  type Role,
  type TokenRequest,
  USER_MAX_TOKEN_SECONDS,
} from './token-request.ts';

export type Caller =
  | { readonly kind: 'trusted' }
  | {
      readonly kind: 'user';
      /** The user's id at the identity provider (claim `sub`). */
      readonly subject: string;
      readonly name?: undefined;
      /** The highest role that the user may have. */
      readonly maxRole: Role;
      /** The rooms that the user may join. `undefined`: all. */
      readonly rooms?: readonly string[] | undefined;
      /** Whether the user gets tokens by room name only, never by session id. */
      readonly roomsOnly: boolean;
    }
  | Guest
  | { readonly kind: 'anonymous' };

/** A person without an account, authenticated by an invite. Not a host, whatever their role. */
export interface Guest {
  readonly kind: 'guest';
  /** `guest:` and a random id, the same each time the guest returns. */
  readonly subject: string;
  /** The display name: the invite's if it has one, otherwise the guest's own. */
  readonly name: string | undefined;
  readonly maxRole: Role;
  /** The only room that the guest may join. */
  readonly room: string;
}

export const TRUSTED: Caller = { kind: 'trusted' };
/** A caller of a public route before authentication: may have nothing. */
export const ANONYMOUS: Caller = { kind: 'anonymous' };

/** Reserved: no user's subject may start with it, so a user and a guest cannot impersonate each other. */
export const GUEST_PREFIX = 'guest:';

const MAX_TOKEN_SECONDS_BY_CALLER = {
  trusted: MAX_TOKEN_SECONDS,
  user: USER_MAX_TOKEN_SECONDS,
  guest: USER_MAX_TOKEN_SECONDS,
  anonymous: USER_MAX_TOKEN_SECONDS,
} as const satisfies Record<Caller['kind'], number>;

/**
 * Returns the longest lifetime of a caller's tokens, in seconds.
 *
 * @param configuredSeconds lowers the limit for every caller; never raises it. Default: 30 days.
 */
export function tokenCeilingSeconds(
  { kind }: Caller,
  configuredSeconds: number = MAX_TOKEN_SECONDS,
): number {
  return Math.min(configuredSeconds, MAX_TOKEN_SECONDS_BY_CALLER[kind]);
}

/** Whether the caller may create sessions and create, see, change and remove rooms. */
export function isHost(caller: Caller): boolean {
  return caller.kind === 'trusted' || (caller.kind === 'user' && caller.maxRole === 'moderator');
}

/** @throws Fault `ForbiddenError` if the caller is not a host */
export function assertMayCreateSession(caller: Caller): void {
  if (isHost(caller)) return;
  const limit = caller.kind === 'user' ? `; the highest role allowed is ${caller.maxRole}` : '';
  throw new Fault('ForbiddenError', `Only moderators may create sessions${limit}.`);
}

/**
 * Checks the right to a token by session id. Everyone who was ever in a session knows its id, so callers
 * with a list of rooms get tokens by room name only (`assertMayEnter` in the rooms wing).
 *
 * @throws Fault `ForbiddenError` if the caller gets tokens by room name only
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
 * A verdict on a signature shows whether a token is genuine, also one of another person, so end users may
 * not ask for it.
 *
 * @throws Fault `ForbiddenError` if the caller is not trusted
 */
export function assertMayInspectTokens({ kind }: Caller): void {
  if (kind === 'trusted') return;
  throw new Fault('ForbiddenError', 'Only trusted callers may inspect tokens.');
}

/** The parts of a token that depend on the caller. */
export interface TokenGrant {
  readonly role: Role;
  readonly data: string | undefined;
}

/**
 * Decides role and connection data of a token.
 *
 * @throws Fault `ForbiddenError` if the role exceeds the caller's, `ValidationError` if the data leaves no
 *   space for the caller's identity
 */
export function decideToken(
  caller: Caller,
  { role, data }: Pick<TokenRequest, 'role' | 'data'>,
): TokenGrant {
  if (caller.kind === 'trusted') return { role: role ?? 'publisher', data };
  if (caller.kind === 'anonymous')
    throw new Fault('ForbiddenError', 'The caller is not authenticated.');
  return { role: decideRole(caller.maxRole, role), data: identify(caller, data) };
}

/** Returns the role that all of the given roles include; `undefined` if there is none. */
export function findLowestRole(roles: readonly Role[]): Role | undefined {
  return roles.find((role) => roles.every((other) => ROLES_UP_TO[other].includes(role)));
}

/** Whether the caller may have the role. */
export function mayHaveRole(caller: Caller, role: Role): boolean {
  if (caller.kind === 'trusted') return true;
  return caller.kind !== 'anonymous' && ROLES_UP_TO[caller.maxRole].includes(role);
}

function decideRole(maxRole: Role, role: Role | undefined): Role {
  const allowed = ROLES_UP_TO[maxRole];
  if (role === undefined) return allowed.includes('publisher') ? 'publisher' : maxRole;
  if (allowed.includes(role)) return role;
  throw new Fault(
    'ForbiddenError',
    `The requested role is ${role}; the highest allowed role is ${maxRole}.`,
  );
}

/** Other clients identify a person by connection data, so it always contains the caller's subject. */
function identify(
  { kind, subject: sub, name }: Extract<Caller, { readonly subject: string }>,
  data: string | undefined,
): string {
  if (kind === 'user' && sub.startsWith(GUEST_PREFIX)) {
    throw new Fault('ForbiddenError', `The subject of a user must not start with ${GUEST_PREFIX}`);
  }
  const identity = writeIdentity({ sub, name, data });
  if (identity.length <= DATA_MAX_LENGTH) return identity;
  const left = DATA_MAX_LENGTH - writeIdentity({ sub, name, data: '' }).length;
  if (left < 0) {
    throw new Fault('ForbiddenError', 'The subject of this user is too long for a token.');
  }
  throw validationError([
    {
      pointer: '#/data',
      detail: `must be at most ${left} characters, counted as escaped in JSON; the user's identity takes the rest of ${DATA_MAX_LENGTH}`,
    },
  ]);
}
