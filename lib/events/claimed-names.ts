/**
 * Reads the names, of roles or rooms, that a claim lists, so that no reading grants more than its issuer
 * intended. Pure: no I/O.
 *
 * API Gateway passes claims on as text. It writes an array as `[a b]` (JWT authorizer of an HTTP API)
 * or as `a,b` (Cognito authorizer of a REST API), without quotes and escapes: the one name
 * `Sales Team` and the two names `Sales` and `Team` become the same text. Lambda authorizers of HTTP APIs
 * pass arrays on as they are. Those of REST APIs can return text, numbers and booleans only, so an
 * array has to be JSON text.
 * Sources: AWS does not document the first two. JWT: aws-solutions-library-samples/guidance-for-claude-
 * code-with-amazon-bedrock#802 (debug log) and floci-io/floci#2011 (measured). Cognito:
 * awsdocs/amazon-api-gateway-developer-guide#158. Lambda: API Gateway developer guide, "Output from an
 * API Gateway Lambda authorizer".
 */

/** The authorizer that wrote a claim. */
export type ClaimWriter = 'jwt' | 'jwt-or-cognito' | 'lambda';

const BRACKETS = /^\[(.*)\]$/s;
/** One space or comma; a second one leaves an empty name, which is not valid. */
const ROLE_SEPARATOR = /, ?| /;

/**
 * Returns the texts that a claim of roles lists, in whatever form an array arrived. Splitting a text
 * cannot grant too much as long as every part has to be a role and the lowest one counts.
 * `undefined` for a claim that is not a list of texts.
 */
export function readClaimedRoles(claim: unknown): readonly string[] | undefined {
  const list = parseList(claim);
  if (list) return list.every(isText) ? list : undefined;
  if (!isText(claim)) return undefined;
  const inBrackets = BRACKETS.exec(claim)?.[1];
  return inBrackets === '' ? [] : (inBrackets ?? claim).split(ROLE_SEPARATOR);
}

const ROOM_NAME = /^[\w.~-]+$/;
/** Only these separate names. Others, such as no-break spaces, hold a name together. */
const SPACES = /[ \t\r\n]+/;

/**
 * Returns the rooms that a claim lists; `undefined` for a claim that can be read in more than one way, or
 * in none.
 *
 * @param claim as the authorizer wrote it; `undefined` if the token has none
 */
export function readClaimedRooms(
  claim: unknown,
  writer: ClaimWriter,
): readonly string[] | undefined {
  if (claim === undefined || claim === null) return [];
  const list = writer === 'lambda' || Array.isArray(claim) ? parseList(claim) : undefined;
  if (list) return list.filter(isText);
  if (!isText(claim)) return undefined;
  const inBrackets = BRACKETS.exec(claim)?.[1];
  const text = inBrackets ?? claim;
  if (text.trim() === '') return [];
  const isList = inBrackets === undefined && writer !== 'jwt-or-cognito';
  const names = isList ? text.split(SPACES).filter((name) => name !== '') : [text];
  return names.every((name) => ROOM_NAME.test(name)) ? names : undefined;
}

/** Returns an array, also if it is JSON text; `undefined` for anything else. */
function parseList(claim: unknown): readonly unknown[] | undefined {
  if (Array.isArray(claim)) return claim;
  if (!isText(claim) || !claim.startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(claim);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
