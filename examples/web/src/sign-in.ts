/** Who the user is. Replace this file with the SDK of your identity provider (docs/sign-in.md). */

/** The API. Change it to that of a deployment with VITE_API_URL. */
export const url: string = import.meta.env.VITE_API_URL || 'http://localhost:3000';

/** Whether the API is `npm start`, which accepts unsigned sign-in tokens. A deployment rejects them. */
export const isLocal = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/|$)/.test(url);

export interface SignIn {
  readonly name: string;
  /** Whether to join as a moderator. In a deployment, a claim of the sign-in token has the user's highest role. */
  readonly isHost: boolean;
  /** For a deployment. */
  readonly token: string;
}

/** Called before each request. An SDK returns a fresh token here. */
export async function getSignInToken({ name, isHost, token }: SignIn): Promise<string> {
  if (!isLocal) return token;
  const claims = { sub: name, opentok_role: isHost ? 'moderator' : 'publisher' };
  return `${encode({ alg: 'none' })}.${encode(claims)}.`;
}

function encode(part: object): string {
  const text = String.fromCharCode(...new TextEncoder().encode(JSON.stringify(part)));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
