/** Parses a request to inspect a token. Pure: no I/O. */
import * as v from 'valibot';
import { decodeToken, NotAToken, type Token } from './decode-token.ts';
import { validationError } from './faults.ts';
import { parseFields } from './request-fields.ts';

const tokenRule =
  'must be a token: a JWT (three base64url parts separated by dots), or T1== followed by base64';
const TOKEN = /^(?:[\w-]+[.][\w-]+[.][\w-]*|T1==[\w+/=-]+)$/;

// Valibot reports the object's message if its only required field is missing.
export const inspectRequest = v.object(
  { token: v.pipe(v.string(tokenRule), v.regex(TOKEN, tokenRule)) },
  tokenRule,
);

export interface InspectRequest {
  /** The token as sent, for verification. */
  readonly text: string;
  readonly token: Token;
}

/**
 * Parses the body of a request to inspect a token.
 *
 * @param input `undefined` for no body
 * @throws Fault `ValidationError` that does not quote the token
 */
export function parseInspectRequest(input: unknown): InspectRequest {
  const { token: text } = parseFields(inspectRequest, input);
  try {
    return { text, token: decodeToken(text) };
  } catch (error) {
    if (!(error instanceof NotAToken)) throw error;
    const detail = `is not a token. ${error.message} ${error.remedy}`;
    throw validationError([{ pointer: '#/token', detail }]);
  }
}
