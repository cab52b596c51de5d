/**
 * The names, of rooms, that a claim lists; read so that no reading grants more than its issuer meant.
 * Pure: no I/O.
 *
 * API Gateway hands the claims of a token out as text. A text claim passes as it is. Of an array the
 * JWT authorizer of an HTTP API makes `[a b]`, with neither quotes nor escapes, and the Cognito
 * authorizer of a REST API makes `a,b`: an array of the one name `Sales Team` and one of the names
 * `Sales` and `Team` come out as the same text, so such a text says nothing for sure. Lambda
 * authorizers of HTTP APIs may hand out real arrays.
 * Sources: AWS documents none of this. JWT: aws-solutions-library-samples/guidance-for-claude-code-
 * with-amazon-bedrock#802 (debug log) and floci-io/floci#2011 (measured). Cognito:
 * awsdocs/amazon-api-gateway-developer-guide#158.
 */

/** What room names are made of. */
const NAME = /^[\w.~-]+$/;
/** What stands between names. Others, such as no-break spaces, are there to keep a name together. */
const SPACES = /[ \t\r\n]+/;

/**
 * @param claim as the authorizer wrote it; `undefined` when the token has none
 * @param isOneName whether a text may be what became of an array without brackets (payload 1.0)
 * @returns `undefined` for a claim that can be read in more than one way, or in none
 */
export function readClaimedNames(
  claim: unknown,
  isOneName: boolean,
): readonly string[] | undefined {
  if (claim === undefined || claim === null) return [];
  if (Array.isArray(claim)) return claim.filter((name) => typeof name === 'string');
  if (typeof claim !== 'string') return undefined;
  const inBrackets = /^\[(.*)\]$/s.exec(claim)?.[1];
  const text = inBrackets ?? claim;
  if (text.trim() === '') return [];
  const isList = inBrackets === undefined && !isOneName;
  const names = isList ? text.split(SPACES).filter((name) => name !== '') : [text];
  return names.every((name) => NAME.test(name)) ? names : undefined;
}
