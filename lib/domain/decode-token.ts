/**
 * Decodes tokens without checking their signature: JWTs of both platforms, and T1. Pure, and runs in any
 * browser, because the console uses it too. Values stay as the token has them.
 * Sources: the vendor's `opentok-token` package for T1, RFC 7515 and 7519 for JWTs.
 */

export type TokenKind = 'opentok-jwt' | 'vonage-jwt' | 't1';

export interface Token {
  readonly kind: TokenKind;
  /** The header of a JWT. For T1, the fields before the colon other than `partner_id` and `sig`. */
  readonly header: Readonly<Record<string, unknown>>;
  /** The claims of a JWT, the fields after the colon of a T1 token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** API key or application id, as the token has it. */
  readonly projectId: unknown;
  readonly sessionId: unknown;
  readonly role: unknown;
  readonly issuedAt: unknown;
  readonly expiresAt: unknown;
  readonly data: unknown;
  readonly layoutClasses: unknown;
  /** The text that the signature covers. */
  readonly signedText: string;
  /** As the token has it: base64url in a JWT, hex in T1. */
  readonly signature: string;
}

/** Why a text is not a token, and what to do. */
export class NotAToken extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

const COPY_WHOLE = 'Copy the whole token, from the first character to the last.';

/**
 * In characters. The longest valid tokens are T1 with 1,000 characters each of connection data and layout
 * classes, every one percent-encoded as nine and then base64: just under 25,000.
 */
export const TOKEN_MAX_LENGTH = 32_768;

/** Levels of nesting. The `acl` of a Vonage token, the deepest value known, has four. */
const MAX_LEVELS = 32;

/** @throws NotAToken, which quotes nothing of the text */
export function decodeToken(token: string): Token {
  if (token.length > TOKEN_MAX_LENGTH) {
    throw new NotAToken(
      `This text has ${token.length} characters; a token has at most ${TOKEN_MAX_LENGTH}.`,
      'Copy the token alone.',
    );
  }
  return token.startsWith('T1==') ? decodeT1(token) : decodeJwt(token);
}

function decodeJwt(token: string): Token {
  const parts = token.split('.');
  if (parts.length !== 3) {
    throw new NotAToken(
      parts.length === 1
        ? 'This is neither a JWT, which has three parts separated by dots, nor T1, which starts with T1==.'
        : `A JWT has three parts separated by dots; this text has ${parts.length}.`,
      COPY_WHOLE,
    );
  }
  const [head = '', body = '', signature = ''] = parts;
  const header = readPart(head, 'first part (the header)');
  const claims = readPart(body, 'second part (the claims)');
  const isVonage = 'application_id' in claims || (header['alg'] === 'RS256' && !('ist' in claims));
  return {
    kind: isVonage ? 'vonage-jwt' : 'opentok-jwt',
    header,
    claims,
    projectId: isVonage ? claims['application_id'] : claims['iss'],
    sessionId: claims['session_id'],
    role: claims['role'],
    issuedAt: claims['iat'],
    expiresAt: claims['exp'],
    data: claims['connection_data'],
    layoutClasses: claims['initial_layout_class_list'],
    signedText: `${head}.${body}`,
    signature,
  };
}

function readPart(part: string, name: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(toText(fromBase64Url(part)));
    if (isObject(content) && !isDeeper(content, MAX_LEVELS)) return content;
  } catch {
    // The same error as for JSON that is not an object.
  }
  throw new NotAToken(`The ${name} of this JWT is not base64url of a JSON object.`, COPY_WHOLE);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deeper values would exhaust the stack when they are shown or written as JSON. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function decodeT1(token: string): Token {
  const text = readT1(token.slice('T1=='.length));
  const [head = '', signedText, ...rest] = text.split(':');
  // Some SDKs write more fields than these two, such as `sdk_version`.
  const { partner_id: apiKey, sig: signature, ...header } = readHead(head);
  if (apiKey === undefined || signature === undefined || signedText === undefined) {
    throw new NotAToken(
      'After T1== a token has partner_id, sig, a colon and more fields; this text does not.',
      COPY_WHOLE,
    );
  }
  if (rest.length > 0) {
    throw new NotAToken(
      'This T1 token has more than one colon, so readers disagree about where its fields begin.',
      'Percent-encode every value, colons too. This API does.',
    );
  }
  const claims = readFields(signedText);
  return {
    kind: 't1',
    header,
    claims,
    projectId: apiKey,
    sessionId: claims['session_id'],
    role: claims['role'],
    issuedAt: toNumber(claims['create_time']),
    expiresAt: toNumber(claims['expire_time']),
    data: claims['connection_data'],
    layoutClasses: claims['initial_layout_class_list'],
    signedText,
    signature,
  };
}

/** Takes base64 and base64url: one SDK writes the latter, with padding. */
function readT1(encoded: string): string {
  try {
    return toText(fromBase64Url(encoded.replaceAll('+', '-').replaceAll('/', '_')));
  } catch {
    throw new NotAToken('The text after T1== is not base64.', COPY_WHOLE);
  }
}

/** As they are written: nothing in a head is percent-encoded. */
function readHead(head: string): Record<string, string> {
  const pairs = toPairs(head);
  const fields = Object.fromEntries(pairs);
  if (Object.keys(fields).length < pairs.length) {
    throw new NotAToken(
      'A field before the colon of this T1 token is there more than once.',
      COPY_WHOLE,
    );
  }
  return fields;
}

function readFields(data: string): Record<string, string> {
  return Object.fromEntries(toPairs(data).map(([name, value]) => [name, decode(value)]));
}

function toPairs(text: string): [name: string, value: string][] {
  return text.split('&').map((field) => {
    const [name = '', ...value] = field.split('=');
    return [name, value.join('=')];
  });
}

/** Some SDKs write a space as `+`. */
function decode(value: string): string {
  const spaced = value.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** Turns digits into a number, and leaves anything else for the rules to judge. */
function toNumber(value: string | undefined): number | string | undefined {
  return value !== undefined && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

/** @throws DOMException if the text is not base64url; padding is optional */
export function fromBase64Url(text: string): Uint8Array {
  // A loop, because /=+$/ takes quadratic time where the `=` are not at the end.
  let end = text.length;
  while (text[end - 1] === '=') end -= 1;
  const bare = text.slice(0, end);
  if (!/^[\w-]*$/.test(bare)) throw new DOMException('not base64url', 'InvalidCharacterError');
  const binary = atob(bare.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** @throws TypeError if the bytes are not UTF-8 */
export function toText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
