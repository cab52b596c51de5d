/** Tokens built with `node:crypto` only: valid ones, and one of each kind of invalid one. */
import { createHmac, type KeyObject, sign } from 'node:crypto';

type Part = Readonly<Record<string, unknown>>;

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** @param sign returns the signature of the header and the payload */
export function buildJwt(header: Part, claims: Part, sign: (signed: string) => Buffer): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign(signed).toString('base64url')}`;
}

export const hs256 = (secret: string) => (signed: string) =>
  createHmac('sha256', secret).update(signed).digest();
export const rs256 = (key: KeyObject) => (signed: string) =>
  sign('sha256', Buffer.from(signed), key);
export const unsigned = () => Buffer.alloc(0);

export function buildT1(apiKey: string, data: string, secret: string): string {
  const signature = createHmac('sha1', secret).update(data).digest('hex');
  return `T1==${Buffer.from(`partner_id=${apiKey}&sig=${signature}:${data}`).toString('base64')}`;
}

/** Returns the token with one character of its signature changed. */
export function tamperJwt(token: string): string {
  const at = token.lastIndexOf('.') + 1;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}
