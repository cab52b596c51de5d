/**
 * Session ids taken apart. Pure: no I/O.
 *
 * An id is `1_` or `2_` and base64url, without padding, of ASCII fields joined by `~`:
 * version `1`, API key or application id, location, creation time, random, and from there on
 * fields that differ by year. Source: the fixtures and captures of the vendor's SDKs.
 */
export const SESSION_ID_MAX_LENGTH = 255;
export const SESSION_ID_PREFIX = /^[12]_/;
/** Version, project and three more fields at least, in printable ASCII, of which `~` is the last. */
const FIELDS = /^1~([\x20-\x7d]+)~[\x20-\x7d]*~[\x20-\x7d]*~[\x20-\x7e]*$/;

/**
 * The project that a session id names, or `undefined` when it is no session id.
 *
 * Compare the answer whole. SDKs that search the decoded text for their key accept `12345` for a
 * session of `123456`, or find the digits in a timestamp.
 */
export function readProjectId(sessionId: string): string | undefined {
  if (sessionId.length > SESSION_ID_MAX_LENGTH || !SESSION_ID_PREFIX.test(sessionId))
    return undefined;
  const encoded = sessionId.slice(2);
  const bytes = Buffer.from(encoded, 'base64url');
  // Buffer drops what does not decode; only the one canonical spelling of an id survives the way back.
  if (bytes.toString('base64url') !== encoded) return undefined;
  return FIELDS.exec(bytes.toString('latin1'))?.[1];
}

/** Whether a session id is one of a project, whose id is in lower case. */
export function isSessionOf(projectId: string, sessionId: string): boolean {
  return readProjectId(sessionId)?.toLowerCase() === projectId;
}
