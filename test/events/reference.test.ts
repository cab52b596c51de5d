import { describe, expect, it } from 'vitest';
import { validationError } from '../../lib/domain/faults.ts';
import { parseWithReference, readReference } from '../../lib/events/reference.ts';
import { catchFieldErrors } from '../support/faults.ts';

const asItIs = (request: unknown) => request;
const refuse = () => {
  throw validationError([{ pointer: '#/mediaMode', detail: 'must be x' }]);
};

const valid: [scenario: string, reference: string][] = [
  ['a name', 'appointment-4711'],
  ['nothing', ''],
  ['white space', ' '],
  ['other scripts', 'Zoë 🎥'],
  ['JSON', '{"a":1}'],
  ['256 characters', 'r'.repeat(256)],
  ['256 characters in 128 pairs', '🎥'.repeat(128)],
];
const invalid: [scenario: string, reference: unknown][] = [
  ['null', null],
  ['a number', 7],
  ['an object', {}],
  ['an array', ['x']],
  ['257 characters', 'r'.repeat(257)],
  ['258 characters in 129 pairs', '🎥'.repeat(129)],
  ['the first half of a pair', '\ud83c'],
  ['the second half of a pair', 'a\udfa5'],
];
const others: [body: unknown][] = [
  [undefined],
  [null],
  [7],
  ['reference'],
  [[]],
  [{}],
  [Object.create({ reference: 'x' })],
];

describe('a reference', () => {
  it.each(valid)('is returned unchanged: %s', (_scenario, reference) => {
    const body = { mediaMode: 'routed', reference };
    expect(parseWithReference(body, asItIs)).toEqual({ mediaMode: 'routed' });
    expect(readReference(body)).toEqual({ reference });
  });

  it.each(invalid)('is rejected, and not returned: %s', async (_scenario, reference) => {
    const body = { reference };
    expect(await catchFieldErrors(() => parseWithReference(body, asItIs))).toEqual([
      {
        pointer: '#/reference',
        detail: 'must be a string of at most 256 characters, in well-formed Unicode',
      },
    ]);
    expect(readReference(body)).toEqual({});
  });

  it('is rejected together with the other field errors', async () => {
    const errors = await catchFieldErrors(() => parseWithReference({ reference: 7 }, refuse));
    expect(errors.map(({ pointer }) => pointer)).toEqual(['#/reference', '#/mediaMode']);
  });

  it('is removed from the request', async () => {
    const errors = await catchFieldErrors(() => parseWithReference({ reference: 'x' }, refuse));
    expect(errors.map(({ pointer }) => pointer)).toEqual(['#/mediaMode']);
  });

  it.each(others)('is not in %j, which stays unchanged', (body) => {
    expect(parseWithReference(body, asItIs)).toBe(body);
  });
});
