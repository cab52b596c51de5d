/**
 * The rate-limit key of a client address. Pure: no I/O.
 */
import { isIP } from 'node:net';

/** Groups 0 to 5 of an IPv4 address written as IPv6 (RFC 4291 section 2.5.5.2). */
const MAPPED = '0:0:0:0:0:ffff';

/**
 * Returns the address itself for IPv4, in whatever spelling (`203.0.113.7`, `::ffff:203.0.113.7`,
 * `::ffff:cb00:7107`), and the /64 for IPv6, because one customer owns a whole /64 (RFC 6177).
 * Addresses that cannot be read share one key.
 */
export function toClientKey(address: unknown): string {
  if (typeof address !== 'string') return 'unknown';
  switch (isIP(address)) {
    case 4:
      return address;
    case 6: {
      const groups = expand(address);
      const isMapped = groups.slice(0, 6).join(':') === MAPPED;
      return isMapped ? toDotted(groups.slice(6)) : `${groups.slice(0, 4).join(':')}::/64`;
    }
    default:
      return 'unknown';
  }
}

/** Returns the eight groups of an IPv6 address, without leading zeros (RFC 4291 section 2.2). */
function expand(address: string): string[] {
  const [head = '', tail] = withoutDots(address.split('%')[0] ?? '').split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const [before, after] = [groups(head), groups(tail)];
  const missing = Math.max(8 - before.length - after.length, 0);
  return [...before, ...new Array<string>(missing).fill('0'), ...after].map((group) =>
    group.toLowerCase().replace(/^0+(?=.)/, ''),
  );
}

/** Writes an IPv4 address at the end as the two groups that it stands for. */
function withoutDots(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_dotted, ...bytes: string[]) => {
    const [a, b, c, d] = bytes.map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

function toDotted(groups: readonly string[]): string {
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}
