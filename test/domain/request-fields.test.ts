import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseFields, wellFormedText } from '../../lib/domain/request-fields.ts';
import { catchFault, catchFieldErrors, catchPointers } from '../support/faults.ts';

const schema = v.object({
  name: v.optional(wellFormedText),
  tags: v.optional(v.array(v.string('must be a string'), 'must be an array')),
});
const parse = (input: unknown) => parseFields(schema, input);

describe('the fields of a request', () => {
  it.each([
    ['null', null],
    ['text', 'name'],
    ['a number', 0],
    ['true', true],
    ['an array', []],
    ['an array of requests', [{ name: 'a' }]],
  ])('must be an object, not %s', async (_scenario, input) => {
    expect(await catchFieldErrors(() => parse(input))).toEqual([
      { pointer: '#', detail: 'must be a JSON object' },
    ]);
  });

  it('treat a missing body as an empty object', () => {
    expect(parse(undefined)).toEqual({});
  });

  it.each([
    ['a typo', '{"nmae":1}', '#/nmae'],
    ['another spelling', '{"Name":1}', '#/Name'],
    ['a raw wire name', '{"session_id":1}', '#/session_id'],
    ['an empty name', '{"":1}', '#/'],
    ['__proto__', '{"__proto__":{"name":"x"}}', '#/__proto__'],
    ['constructor', '{"constructor":1}', '#/constructor'],
    ['toString', '{"toString":1}', '#/toString'],
    ['hasOwnProperty', '{"hasOwnProperty":1}', '#/hasOwnProperty'],
    ['a slash and a tilde', '{"a/b~c":1}', '#/a~1b~0c'],
    ['white space and a percent sign', '{"a b%":1}', '#/a%20b%25'],
    ['a letter beyond ASCII', '{"ü":1}', '#/%C3%BC'],
    ['NUL', '{"\\u0000":1}', '#/%00'],
    ['half a surrogate pair', '{"\\ud800":1}', '#/%EF%BF%BD'],
    ['a field that is null', '{"x":null}', '#/x'],
  ])('reject %s, with its pointer', async (_scenario, json, pointer) => {
    expect(await catchFieldErrors(() => parse(JSON.parse(json)))).toEqual([
      { pointer, detail: 'is not one of name, tags' },
    ]);
  });

  it('have a pointer to an element of an array', async () => {
    expect(await catchPointers(() => parse({ tags: ['a', 1, 'b', null] }))).toEqual([
      '#/tags/1',
      '#/tags/3',
    ]);
  });

  it.each([
    ['64 characters whole', 'x'.repeat(64), 64],
    ['65 characters cut to 64', 'x'.repeat(65), 64],
    ['a pair that the cut would split as one replacement character', `${'x'.repeat(63)}🎥`, 63],
  ])('show a name of %s', async (_scenario, name, length) => {
    const [pointer = ''] = await catchPointers(() => parse({ [name]: 1 }));
    expect(pointer.replace('%EF%BF%BD', '')).toBe(`#/${'x'.repeat(length)}`);
  });

  it.each([
    [1, 'One field is not valid.'],
    [2, '2 fields are not valid.'],
    [50, '50 fields are not valid.'],
  ])('count %i errors', async (count, detail) => {
    const input = Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, 1]));
    const fault = await catchFault(() => parse(input));
    expect(fault.message).toBe(detail);
    expect(fault.errors).toHaveLength(count);
  });

  it('list at most 50 errors', async () => {
    const input = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`x${i}`, 1]));
    expect(await catchFieldErrors(() => parse(input))).toHaveLength(50);
  });

  it('combine the errors of rules and schema', async () => {
    const rule = ({ name }: Readonly<Record<string, unknown>>) => [
      { pointer: '#/name', detail: `is ${name}` },
    ];
    const errors = await catchFieldErrors(() => parseFields(schema, { name: 5 }, rule));
    expect(errors).toEqual([
      { pointer: '#/name', detail: 'must be a string' },
      { pointer: '#/name', detail: 'is 5' },
    ]);
  });

  it.each(['', 'plain', 'e\u0301', '🎥', '\u0000', '\ufeff'])('accept %j', (name) => {
    expect(parse({ name })).toEqual({ name });
  });

  it.each([
    ['the first half of a pair', '\ud83d'],
    ['the second half of a pair', 'a\udfa5b'],
    ['a pair the wrong way round', '\udfa5\ud83d'],
  ])('reject %s', async (_scenario, name) => {
    expect(await catchFieldErrors(() => parse({ name }))).toEqual([
      {
        pointer: '#/name',
        detail: 'must be well-formed Unicode; it contains half a surrogate pair',
      },
    ]);
  });
});
