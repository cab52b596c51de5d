import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hashInviteSecret,
  isInviteId,
  isSameHash,
  readGuestSecret,
  toGuestSubject,
  writeGuestSecret,
} from '../../../lib/rooms/domain/invite-secret.ts';
import { newRandomText } from '../../../lib/wiring/random.ts';
import { codePoint } from '../../support/code-point.ts';

const inviteId = 'a'.repeat(16);
const secret = 'B'.repeat(43);

describe('the secret of an invite or a guest', () => {
  it.each(['standup', 'a', 'a.b', '...', 'a..b.', 'x'.repeat(128), '~-_.9'])(
    'names its room %j, and is read as it was written',
    (room) => {
      const made = { room, inviteId: newRandomText(12), secret: newRandomText(32) };
      expect(isInviteId(made.inviteId)).toBe(true);
      expect(readGuestSecret(writeGuestSecret(made))).toEqual(made);
    },
  );

  it.each([
    ['nothing', ''],
    ['no room', `.${inviteId}.${secret}`],
    ['a room that cannot be', `..${inviteId}.${secret}`],
    ['a room with a slash', `a/b.${inviteId}.${secret}`],
    ['a room that is too long', `${'x'.repeat(129)}.${inviteId}.${secret}`],
    ['a short id', `standup.${inviteId.slice(1)}.${secret}`],
    ['a long id', `standup.${inviteId}a.${secret}`],
    ['a short secret', `standup.${inviteId}.${secret.slice(1)}`],
    ['a long secret', `standup.${inviteId}.${secret}B`],
    ['another alphabet', `standup.${inviteId}.${secret.slice(1)}+`],
    ['a line break at its end', `standup.${inviteId}.${secret}\n`],
    ['a line break in the room', `stand\nup.${inviteId}.${secret}`],
    ['two parts', `standup.${secret}`],
  ])('is none that has %s', (_what, text) => {
    expect(readGuestSecret(text)).toBeUndefined();
  });

  it('is read from any text in no time, or not at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint, maxLength: 400 }), (text) => {
        const read = readGuestSecret(text);
        if (read) expect(writeGuestSecret(read)).toBe(text);
      }),
    );
    expect(readGuestSecret('.'.repeat(1_000_000))).toBeUndefined();
  });

  it('is stored as SHA-256', () => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest();
    expect(Buffer.from(hashInviteSecret(secret))).toEqual(sha256(`invite:${secret}`));
  });

  it('makes a subject that differs by room, invite and secret', () => {
    const guest = { room: 'ward', inviteId, secret };
    const others = [
      guest,
      { ...guest, room: 'other' },
      { ...guest, inviteId: 'b'.repeat(16) },
      { ...guest, secret: 'C'.repeat(43) },
    ];
    expect(toGuestSubject(guest)).toMatch(/^guest:[\w-]{22}$/);
    expect(toGuestSubject({ ...guest })).toBe(toGuestSubject(guest));
    expect(new Set(others.map(toGuestSubject)).size).toBe(others.length);
  });

  it('is compared as a whole', () => {
    const hash = randomBytes(32);
    expect(isSameHash(hash, Buffer.from(hash))).toBe(true);
    expect(isSameHash(hash, hash.subarray(1))).toBe(false);
    for (const index of [0, 31]) {
      const other = Buffer.from(hash);
      other[index] = (other[index] ?? 0) ^ 1;
      expect(isSameHash(hash, other)).toBe(false);
    }
  });
});
