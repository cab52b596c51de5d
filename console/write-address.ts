/** Keeps the state of the page in its address, without entries in the browser's history. */
import { type Address, toHash } from './address.ts';

/** Browsers throttle pages that change their address with every key. */
const WRITE_DELAY_MS = 150;

let latest: Address | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

export function writeAddress(address: Address): void {
  latest = address;
  clearTimeout(timer);
  timer = setTimeout(flush, WRITE_DELAY_MS);
}

function flush(): void {
  clearTimeout(timer);
  if (latest && location.hash !== toHash(latest)) history.replaceState(null, '', toHash(latest));
  latest = undefined;
}

addEventListener('pagehide', flush);
// A link to the address from before the latest change would lead nowhere: browsers ignore it.
addEventListener('click', flush, { capture: true });
addEventListener('hashchange', () => {
  latest = undefined;
});
