/**
 * Whose requests are counted together, by the address that they come from. Pure: no I/O.
 */
import { isIP } from 'node:net';

/** Before an IPv4 address that is written as one of IPv6 (RFC 4291 section 2.5.5.2). */
const MAPPED = '::ffff:';

/**
 * An IPv6 customer has a whole /64 (RFC 6177), so its first four groups stand for it. All without an
 * address that can be read are counted together, too.
 */
export function toSource(address: unknown): string {
  if (typeof address !== 'string' || isIP(address) === 0) return 'unknown';
  if (isIP(address) === 4) return address;
  const last = address.split(':').at(-1) ?? '';
  const isMapped = isIP(last) === 4 && address.toLowerCase() === MAPPED + last;
  return isMapped ? last : `${expand(address).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without zeros before them (RFC 4291 section 2.2). */
function expand(address: string): string[] {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const [before, after] = [groups(head), groups(tail)];
  // An IPv4 address at the end is two groups.
  const missing = 8 - before.length - after.length - (address.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(missing, 0)).fill('0');
  return [...before, ...zeros, ...after].map((group) =>
    group.toLowerCase().replace(/^0+(?=.)/, ''),
  );
}
