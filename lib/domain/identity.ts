/**
 * Who a connection belongs to. The platform knows a person only by the connection data in their token, so
 * writing and reading it are one file. Pure: no I/O.
 */
import { hash } from 'node:crypto';

/** The identity in the connection data of a token for an end user or a guest. */
export interface Identity {
  /** The user's subject, or `guest:` and a random id. */
  readonly sub: string;
  /** The display name. */
  readonly name?: string | undefined;
  /** What the request for the token had as `data`. */
  readonly data?: string | undefined;
}

/** Returns the connection data of a token. */
export function writeIdentity({ sub, name, data }: Identity): string {
  // JSON.stringify omits undefined fields.
  return JSON.stringify({ sub, name, data });
}

const FIELDS: ReadonlySet<string> = new Set(['sub', 'name', 'data']);

/** Returns the identity in connection data, or `undefined` for data in any other form. */
export function readIdentity(connectionData: string): Identity | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(connectionData);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const entries = Object.entries(parsed);
  if (!entries.every(([field, value]) => FIELDS.has(field) && typeof value === 'string')) {
    return undefined;
  }
  const { sub, name, data } = parsed as Identity;
  return sub ? { sub, name, data } : undefined;
}

const ID_LENGTH = 22;

/**
 * Returns the id of a person in the waiting room and among the participants: the same one each time they
 * return. It does not reveal the subject.
 */
export function toPersonId(subject: string): string {
  return toId(`knock:${subject}`);
}

/** Returns the id of a participant without a person in the connection data. */
export function toUnknownPersonId(connectionId: string): string {
  return toId(`connection:${connectionId}`);
}

function toId(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, ID_LENGTH);
}
