import { describe, expect, it } from 'vitest';
import { parseGuestRequest } from '../../../lib/rooms/domain/guest-request.ts';
import { NOW_SECONDS } from '../../support/fixtures.ts';

const limits = { nowSeconds: NOW_SECONDS, maxTokenSeconds: 60 };
const invite = `a.b.${'i'.repeat(16)}.${'-S_'.repeat(14)}-`;
const read = (text: string) => parseGuestRequest({ invite: text }, limits).invite;

describe('an invite', () => {
  it.each([
    '.',
    ' ',
    '\n',
    '\r\n',
    '\t',
    '\u00a0',
    ',',
    ')',
    '>',
    '"',
    '=',
    '=\r\n',
    '...',
    '>. \n',
    '\u200b',
  ])('is read without what a mail program appended: %j', (appended) => {
    expect(read(invite + appended)).toBe(invite);
    expect(read(` ${invite}${appended}`)).toBe(invite);
  });

  it('is otherwise left as it is', () => {
    for (const text of [invite, `${invite}x`, `${invite}_`, `${invite}-`, `.${invite}`]) {
      expect(read(text)).toBe(text);
    }
  });

  it('is left as it is if it is too long for one, so that reading it takes no time', () => {
    const text = `${'.'.repeat(30_000)}x`;
    const startedMs = performance.now();
    expect(read(text)).toBe(text);
    expect(performance.now() - startedMs).toBeLessThan(100);
  });
});
