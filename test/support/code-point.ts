/**
 * Characters for generated strings: `fc.string({ unit: codePoint })`.
 *
 * Generates the same as fast-check's unit `binary`, which looks characters up
 * in a table of a million that each process builds in one to two seconds (4.10.2, buildReverseMapping).
 */
import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;

/** Any Unicode code point except lone surrogates, as a string. */
export const codePoint: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES })
  .map(toCharacter, toIndex);

function toCharacter(index: number): string {
  return String.fromCodePoint(index < FIRST_SURROGATE ? index : index + SURROGATES);
}

/** @throws Error if the value is not one code point; fast-check expects it */
function toIndex(value: unknown): number {
  const point = typeof value === 'string' ? (value.codePointAt(0) ?? 0) : 0;
  const index = point < FIRST_SURROGATE ? point : point - SURROGATES;
  if (toCharacter(index) !== value) throw new Error('The value is not one code point.');
  return index;
}
