/**
 * Who gets which role: the whole table, written out by hand so that nothing of `lib/` computes it.
 * Held against the pure decision and against the packaged functions.
 */
import type { Role } from '../../lib/domain/token-request.ts';

/** Whom a token is for: a trusted back end, or an end user by what their role claim says. */
export type Asker = 'trusted' | 'without claim' | Role;
/** The role that the request names, if any. */
export type Asked = 'none' | Role;
type Granted = Role | 'refused';

const table: Record<Asker, Record<Asked, Granted>> = {
  trusted: {
    none: 'publisher',
    subscriber: 'subscriber',
    publisheronly: 'publisheronly',
    publisher: 'publisher',
    moderator: 'moderator',
  },
  'without claim': {
    none: 'publisher',
    subscriber: 'subscriber',
    publisheronly: 'publisheronly',
    publisher: 'publisher',
    moderator: 'refused',
  },
  subscriber: {
    none: 'subscriber',
    subscriber: 'subscriber',
    publisheronly: 'refused',
    publisher: 'refused',
    moderator: 'refused',
  },
  publisheronly: {
    none: 'publisheronly',
    subscriber: 'refused',
    publisheronly: 'publisheronly',
    publisher: 'refused',
    moderator: 'refused',
  },
  publisher: {
    none: 'publisher',
    subscriber: 'subscriber',
    publisheronly: 'publisheronly',
    publisher: 'publisher',
    moderator: 'refused',
  },
  moderator: {
    none: 'publisher',
    subscriber: 'subscriber',
    publisheronly: 'publisheronly',
    publisher: 'publisher',
    moderator: 'moderator',
  },
};

/** One cell of the table; `role` is the request's, `maxRole` the highest that the asker may have. */
export interface AccessCase {
  readonly asker: Asker;
  readonly asked: Asked;
  readonly role: Role | undefined;
  readonly maxRole: Role;
  readonly granted: Granted;
}

export const accessTable: readonly AccessCase[] = Object.entries(table).flatMap(([asker, row]) =>
  Object.entries(row).map(([asked, granted]) => ({
    asker: asker as Asker,
    asked: asked as Asked,
    role: asked === 'none' ? undefined : (asked as Role),
    maxRole: toMaxRole(asker as Asker),
    granted,
  })),
);

/**
 * Every way to a token, and what it leads to the session by. A new one belongs in here: what end users
 * may have is decided for the session that it reaches, and shown for each of these.
 */
export const tokenWays = [
  { way: 'POST /sessions/{sessionId}/tokens', function: 'issueToken', by: 'session', who: 'all' },
  { way: 'POST /rooms/{name}/tokens', function: 'joinRoom', by: 'room', who: 'all' },
  { way: 'GET /room/{name}', function: 'joinRoom', by: 'room', who: 'all' },
  { way: 'GET /session', function: 'joinRoom', by: 'room', who: 'all' },
  { way: 'POST /v2/createSessionAndJoin', function: 'joinRoom', by: 'room', who: 'all' },
  { way: 'issueToken, directly', function: 'issueToken', by: 'session', who: 'trusted' },
  { way: 'issueToken, in a pipe', function: 'issueToken', by: 'session', who: 'trusted' },
  { way: 'joinRoom, directly', function: 'joinRoom', by: 'room', who: 'trusted' },
  { way: 'joinRoom, in a pipe', function: 'joinRoom', by: 'room', who: 'trusted' },
] as const;

/** Those of end users. */
export const userTable = accessTable.filter(({ asker }) => asker !== 'trusted');

/** Who may create sessions. */
export const creators: readonly (readonly [asker: Asker, mayCreate: boolean])[] = [
  ['trusted', true],
  ['without claim', false],
  ['subscriber', false],
  ['publisheronly', false],
  ['publisher', false],
  ['moderator', true],
];

function toMaxRole(asker: Asker): Role {
  if (asker === 'trusted') return 'moderator';
  return asker === 'without claim' ? 'publisher' : asker;
}
