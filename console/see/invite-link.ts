/**
 * Links that lead a guest to this page. The secret stands behind the `#`, which no server gets to see,
 * and is taken out of the address at once, so that nobody copies it from there.
 */

import { readInvite } from '../../client/index.ts';

export function toInviteLink(invite: string): string {
  return `${location.origin}/#invite=${encodeURIComponent(invite)}`;
}

/** @param use gets the secret of the link that the page was opened by, now or later */
export function takeInvite(use: (invite: string) => void): void {
  const look = () => {
    const given = new URLSearchParams(location.hash.slice(1)).get('invite');
    if (!given) return;
    // Without what a mail program has added at its end.
    const invite = readInvite(given) ?? given;
    history.replaceState(null, '', location.pathname);
    use(invite);
  };
  addEventListener('hashchange', look);
  look();
}
