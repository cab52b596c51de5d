/** Video tokens: of users who sign in, and of guests with an invite. */
import { createTokenSource, readInvite, type TokenSource } from 'opentok-sessions-client';
import { getSignInToken, type SignIn, url } from './sign-in.ts';

// #region user
export function userTokens(room: string, user: SignIn, onWaiting: () => void): TokenSource {
  return createTokenSource({
    url,
    room,
    // By default a publisher, or the highest role of the user if that is lower.
    ...(user.isHost && { role: 'moderator' }),
    // Called before each request, so that the sign-in token is fresh.
    headers: async () => ({ authorization: `Bearer ${await getSignInToken(user)}` }),
    onWaiting,
  });
}
// #endregion

// #region renew
/**
 * Renews the token while `signal` is not aborted, so that a client that loses its connection reconnects at
 * once. `fetch` sends a request only if the token expires within the next minute, by the server's clock.
 */
export function renewInTime(
  tokens: TokenSource,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): void {
  const timer = setInterval(() => {
    tokens.fetch({ signal }).catch((error) => signal.aborted || onError(error));
  }, 30_000);
  signal.addEventListener('abort', () => clearInterval(timer));
}
// #endregion

// #region guest
/** Returns the invite of a guest: from the link, or after a reload from the state of the page. */
export function takeInvite(): string | undefined {
  const invite: string | undefined = readInvite(location.hash) ?? history.state?.invite;
  // Out of the address bar, so that it is not copied from there.
  if (invite) history.replaceState({ invite }, '', location.pathname);
  return invite;
}

export function guestTokens(invite: string, name: string, onWaiting: () => void): TokenSource {
  return createTokenSource({
    url,
    invite,
    // Only used if the invite has no name.
    name,
    // After a reload, this makes the visitor the same guest, who takes no second place.
    knock: sessionStorage.getItem(invite) ?? undefined,
    onKnock: (knock) => sessionStorage.setItem(invite, knock),
    onWaiting,
  });
}
// #endregion
