/** A request to inspect a token. Pure: no I/O. */
import * as v from 'valibot';
import { decodeToken, NotAToken, type Token } from './decode-token.ts';
import { validationError } from './faults.ts';
import { parseFields } from './request-fields.ts';

const tokenRule =
  'must be a token: a JWT, which is three parts in base64url with dots between, or T1== and base64';
const TOKEN = /^(?:[\w-]+[.][\w-]+[.][\w-]*|T1==[\w+/=-]+)$/;

// An object's own message is the one for its only required field when that is missing.
export const inspectRequest = v.object(
  { token: v.pipe(v.string(tokenRule), v.regex(TOKEN, tokenRule)) },
  tokenRule,
);

export interface InspectRequest {
  /** As it was sent, for whoever verifies it. */
  readonly text: string;
  readonly token: Token;
}

/**
 * @param input the request body; `undefined` for none
 * @throws Fault `ValidationError`, which quotes nothing of the token
 */
export function parseInspectRequest(input: unknown): InspectRequest {
  const { token: text } = parseFields(inspectRequest, input);
  try {
    return { text, token: decodeToken(text) };
  } catch (error) {
    if (!(error instanceof NotAToken)) throw error;
    const detail = `is no token. ${error.message} ${error.remedy}`;
    throw validationError([{ pointer: '#/token', detail }]);
  }
}
