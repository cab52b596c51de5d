/**
 * OpenTok's older token format, T1. Pure: the signature is an argument.
 * Source: the vendor's `opentok-token` package. The order of fields is free; the signature covers the
 * exact text after the first `:`.
 */
import type { ClientToken } from './token-claims.ts';

/** Builds the text that is signed (HMAC-SHA1 with the API secret) and carried in the token. */
export function buildT1Data(token: ClientToken, nonce: number): string {
  const fields: [name: string, value: string | number][] = [
    ['session_id', token.sessionId],
    ['create_time', token.issuedAtSeconds],
    ['expire_time', token.expireTime],
    ['nonce', nonce],
    ['role', token.role],
  ];
  if (token.data !== undefined) fields.push(['connection_data', token.data]);
  if (token.initialLayoutClassList.length > 0) {
    fields.push(['initial_layout_class_list', token.initialLayoutClassList.join(' ')]);
  }
  // Values are percent-encoded, `:` included, because readers split the token at it.
  return fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/** @param signature the HMAC of `data` in lowercase hex */
export function assembleT1Token(apiKey: string, signature: string, data: string): string {
  const body = `partner_id=${apiKey}&sig=${signature}:${data}`;
  return `T1==${Buffer.from(body).toString('base64')}`;
}
