/**
 * Links that open this page as a guest. The secret is after the `#`, which browsers do not send, and is
 * removed from the address at once, so that it is not copied from there.
 */
import { readInvite } from '../../client/index.ts';

export function toInviteLink(invite: string): string {
  return `${location.origin}/#invite=${encodeURIComponent(invite)}`;
}

/** @param use Called with the invite of the link that opened the page, and of each link opened in it later. */
export function takeInvite(use: (invite: string) => void): void {
  const look = () => {
    const given = new URLSearchParams(location.hash.slice(1)).get('invite');
    if (!given) return;
    // Without the characters that a mail program adds at its end.
    const invite = readInvite(given) ?? given;
    history.replaceState(null, '', location.pathname);
    use(invite);
  };
  addEventListener('hashchange', look);
  look();
}
