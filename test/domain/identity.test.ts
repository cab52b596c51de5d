import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readIdentity,
  toPersonId,
  toUnknownPersonId,
  writeIdentity,
} from '../../lib/domain/identity.ts';
import { toKnockId } from '../../lib/rooms/domain/knock.ts';

describe('readIdentity', () => {
  it('reads whatever writeIdentity writes', () => {
    const text = fc.string({ unit: 'binary' });
    const optional = fc.option(text, { nil: undefined });
    const identity = fc.record({
      sub: fc.string({ minLength: 1 }),
      name: optional,
      data: optional,
    });
    fc.assert(
      fc.property(identity, (written) => {
        expect(readIdentity(writeIdentity(written))).toEqual(written);
      }),
    );
  });

  it.each([
    ['empty data', ''],
    ['plain text', 'ada'],
    ['a number', '1'],
    ['null', 'null'],
    ['an array', '["ada"]'],
    ['no sub', '{"name":"Ada"}'],
    ['an empty sub', '{"sub":""}'],
    ['a sub that is not a string', '{"sub":7}'],
    ['a name that is not a string', '{"sub":"ada","name":null}'],
    ['a field of another form', '{"sub":"ada","role":"publisher"}'],
  ])('returns undefined for %s', (_what, data) => {
    expect(readIdentity(data)).toBeUndefined();
  });
});

describe('the id of a person', () => {
  it('is the knock id of that person', () => {
    expect(toPersonId('ada')).toBe(toKnockId('ada'));
    expect(toPersonId('ada')).toMatch(/^[\w-]{22}$/);
  });

  it('differs from that of an unknown connection of the same text', () => {
    expect(toUnknownPersonId('ada')).toMatch(/^[\w-]{22}$/);
    expect(toUnknownPersonId('ada')).not.toBe(toPersonId('ada'));
  });
});
