/** The claims that signing alone is measured with: those of a token that the handlers issue. */
import { apiKey } from '../project.ts';
import { buildClaims, type HttpEvent, readWish } from './door.ts';

let claims: ReturnType<typeof buildClaims> | undefined;

export function claimsFor(event: HttpEvent): ReturnType<typeof buildClaims> {
  claims ??= buildClaims(apiKey, readWish(event));
  return claims;
}
