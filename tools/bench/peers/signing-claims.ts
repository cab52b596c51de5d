/** The claims that signing alone is measured with: those of a token that the handlers issue. */
import { apiKey } from '../project.ts';
import { buildClaims, type HttpEvent, readTokenRequest } from './door.ts';

let claims: ReturnType<typeof buildClaims> | undefined;

export function claimsFor(event: HttpEvent): ReturnType<typeof buildClaims> {
  claims ??= buildClaims(apiKey, readTokenRequest(event));
  return claims;
}
