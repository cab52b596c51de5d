import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assembleT1Token, buildT1Data } from '../../lib/domain/t1-token.ts';
import { OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';

const { apiKey, apiSecret } = OPENTOK_SECRET;
const plain = {
  sessionId: sessionIds.openTok,
  role: 'publisher',
  issuedAtSeconds: 1_700_000_000,
  expireTime: 1_700_086_400,
  data: undefined,
  initialLayoutClassList: [],
} as const;
const full = { ...plain, data: 'name=J h&x', initialLayoutClassList: ['focus', 'full'] };

describe('the signed part of a T1 token', () => {
  it('equals the reference vector byte by byte', () => {
    expect(buildT1Data(full, 123_456_789)).toBe(
      `session_id=${sessionIds.openTok}&create_time=1700000000&expire_time=1700086400&nonce=123456789&role=publisher&connection_data=name%3DJ%20h%26x&initial_layout_class_list=focus%20full`,
    );
  });

  it('omits fields that were not requested, except the expiry', () => {
    expect(buildT1Data(plain, 0)).toBe(
      `session_id=${sessionIds.openTok}&create_time=1700000000&expire_time=1700086400&nonce=0&role=publisher`,
    );
  });

  it.each([
    [':', '%3A'],
    ['&', '%26'],
    ['=', '%3D'],
    ['+', '%2B'],
    [' ', '%20'],
    ['%', '%25'],
    ['\n', '%0A'],
    ['é', '%C3%A9'],
    ['🎥', '%F0%9F%8E%A5'],
  ])('escapes %j in data and in layout classes', (character, escaped) => {
    const data = buildT1Data({ ...plain, data: character }, 0);
    expect(data).toMatch(new RegExp(`&connection_data=${escaped}$`));
    const layout = buildT1Data({ ...plain, initialLayoutClassList: ['a', character] }, 0);
    expect(layout).toMatch(new RegExp(`&initial_layout_class_list=a%20${escaped}$`));
  });

  it('contains empty data', () => {
    expect(buildT1Data({ ...plain, data: '' }, 0)).toMatch(/&connection_data=$/);
  });
});

describe('a T1 token', () => {
  it('equals the reference vector', () => {
    const data = buildT1Data(full, 123_456_789);
    const signature = createHmac('sha1', apiSecret).update(data).digest('hex');
    expect(signature).toBe('aca872a259a9f66831f54dfdd78a12d2f21120c7');

    const token = assembleT1Token(apiKey, signature, data);
    expect(token).toMatch(/^T1==cGFydG5lcl9pZD0xMjM0NTYmc2lnPWFjYTg3MmEy/);
    expect(token).toMatch(/JTIwZnVsbA==$/);
    expect(Buffer.from(token.slice(4), 'base64').toString()).toBe(
      `partner_id=123456&sig=${signature}:${data}`,
    );
  });

  it('is base64 with padding, unlike in some SDKs', () => {
    const token = assembleT1Token('1', 's', 'a=>>>???~');
    expect(token).toBe(`T1==${btoa('partner_id=1&sig=s:a=>>>???~')}`);
    expect(token).toMatch(/[+/].*=$/);
  });
});
