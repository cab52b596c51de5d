/**
 * A token taken apart, without its signature being checked: JWTs of both platforms, and T1. Pure, and
 * works in any browser: the console takes tokens apart with it too. What a token says stays as it says it.
 * Sources: the vendor's `opentok-token` package for T1, RFC 7515 and 7519 for JWTs.
 */

export type TokenKind = 'opentok-jwt' | 'vonage-jwt' | 't1';

export interface Token {
  readonly kind: TokenKind;
  /** The header of a JWT; empty for T1. */
  readonly header: Readonly<Record<string, unknown>>;
  /** The claims of a JWT, the fields of a T1 token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** API key or application id, as the token names it. */
  readonly projectId: unknown;
  readonly sessionId: unknown;
  readonly role: unknown;
  readonly issuedAt: unknown;
  readonly expiresAt: unknown;
  readonly data: unknown;
  readonly layoutClasses: unknown;
  /** The text that the signature covers. */
  readonly signedText: string;
  /** As it stands in the token: base64url of a JWT, hex of T1. */
  readonly signature: string;
}

/** Why a text is no token, and what to do. */
export class NotAToken extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

const COPY_WHOLE = 'Copy the whole token, from the first character to the last.';

/** A Vonage token's `acl`, the deepest that is known of, has four. */
const MAX_LEVELS = 32;

/** @throws NotAToken, which quotes nothing of the text */
export function decodeToken(token: string): Token {
  return token.startsWith('T1==') ? decodeT1(token) : decodeJwt(token);
}

function decodeJwt(token: string): Token {
  const parts = token.split('.');
  if (parts.length !== 3) {
    throw new NotAToken(
      parts.length === 1
        ? 'This is neither a JWT, which has three parts with dots between, nor T1, which starts with T1==.'
        : `A JWT has three parts with dots between, and this has ${parts.length}.`,
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
    // What cannot be read and what is no object are one and the same here.
  }
  throw new NotAToken(`The ${name} of this JWT is not base64url of a JSON object.`, COPY_WHOLE);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is nested without end nobody can show, or write as JSON again. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function decodeT1(token: string): Token {
  const text = readT1(token.slice('T1=='.length));
  const [head = '', ...rest] = text.split(':');
  const [, apiKey, signature] = /^partner_id=([^&]*)&sig=([^&]*)$/.exec(head) ?? [];
  if (apiKey === undefined || signature === undefined || rest.length === 0) {
    throw new NotAToken(
      'After T1== does not stand what a T1 token has: partner_id, sig, a colon and the fields.',
      COPY_WHOLE,
    );
  }
  if (rest.length > 1) {
    throw new NotAToken(
      'This T1 token has more than one colon, and readers split it there.',
      'Percent-encode every value, colons too; this API does.',
    );
  }
  const [signedText = ''] = rest;
  const claims = readFields(signedText);
  return {
    kind: 't1',
    header: {},
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

/** One SDK writes base64url, with padding. */
function readT1(encoded: string): string {
  try {
    return toText(fromBase64Url(encoded.replaceAll('+', '-').replaceAll('/', '_')));
  } catch {
    throw new NotAToken('What stands after T1== is not base64.', COPY_WHOLE);
  }
}

function readFields(data: string): Record<string, string> {
  const pairs = data.split('&').map((field): [string, string] => {
    const [name = '', ...value] = field.split('=');
    return [name, decode(value.join('='))];
  });
  return Object.fromEntries(pairs);
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

/** Digits become a number, anything else stays for the rules to judge. */
function toNumber(value: string | undefined): number | string | undefined {
  return value !== undefined && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

/** @throws DOMException for what is not base64url; padding does not matter */
export function fromBase64Url(text: string): Uint8Array {
  const bare = text.replace(/=+$/, '');
  if (!/^[\w-]*$/.test(bare)) throw new DOMException('not base64url', 'InvalidCharacterError');
  const binary = atob(bare.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** @throws TypeError for what is not UTF-8 */
export function toText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
