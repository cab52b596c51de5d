/**
 * Decodes session ids. Pure: no I/O.
 *
 * An id is `1_` or `2_` followed by base64url, without padding, of ASCII fields joined by `~`:
 * version `1`, API key or application id, location, creation time, random, and more fields that
 * differ by year. Source: the fixtures and captures of the vendor's SDKs.
 */
import { Fault } from './faults.ts';

export const SESSION_ID_MAX_LENGTH = 255;
export const SESSION_ID_PREFIX = /^[12]_/;
/** Version, project and at least three more fields, in printable ASCII, of which `~` is the last. */
const FIELDS = /^1~([\x20-\x7d]+)~[\x20-\x7d]*~[\x20-\x7d]*~[\x20-\x7e]*$/;

/**
 * Returns the project of a session id, or `undefined` for a malformed id.
 *
 * Compare the whole result. SDKs that search the decoded text for their key accept `12345` for a
 * session of `123456`, or find the digits in a timestamp.
 */
export function readProjectId(sessionId: string): string | undefined {
  if (sessionId.length > SESSION_ID_MAX_LENGTH || !SESSION_ID_PREFIX.test(sessionId))
    return undefined;
  const encoded = sessionId.slice(2);
  const bytes = Buffer.from(encoded, 'base64url');
  // Buffer ignores invalid characters, so only the canonical spelling of an id round-trips.
  if (bytes.toString('base64url') !== encoded) return undefined;
  return FIELDS.exec(bytes.toString('latin1'))?.[1];
}

/**
 * Needs no secret and no project, so a malformed id is not mistaken for one of another project.
 * @throws Fault `ValidationError`
 */
export function assertWellFormed(sessionId: string): void {
  if (readProjectId(sessionId) !== undefined) return;
  throw new Fault(
    'ValidationError',
    `The session id is malformed. It is 1_ or 2_ followed by base64url, at most ${SESSION_ID_MAX_LENGTH} characters; send it exactly as it was returned when the session was created.`,
  );
}

/** Whether a session belongs to a project. The project's id is in lower case. */
export function isSessionOf(projectId: string, sessionId: string): boolean {
  return readProjectId(sessionId)?.toLowerCase() === projectId;
}
