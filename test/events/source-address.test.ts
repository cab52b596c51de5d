import { describe, expect, it } from 'vitest';
import { toSource } from '../../lib/events/source-address.ts';

describe('requests are counted together', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1::2:3', '2001:db8:1:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.33', '1:2:3:4::/64'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ...[undefined, null, '', 7, {}, 'localhost', '203.0.113.7, 10.0.0.1', '203.0.113.256'].map(
      (address): [unknown, string] => [address, 'unknown'],
    ),
  ])('of %j as of %s', (address, source) => {
    expect(toSource(address)).toBe(source);
  });
});
