import { describe, expect, it } from 'vitest';
import { assertMethod, readHttpRequest } from '../../lib/events/http-request.ts';
import { catchFault } from '../support/faults.ts';
import { type HttpEvent, httpApiEvent, httpDoors, restApiEvent } from '../support/http-events.ts';

const readBody = (event: HttpEvent) => readHttpRequest(event).body;
const KIB_32 = 32 * 1024;

describe.each(httpDoors)('a body through %s', (_door, buildEvent) => {
  it.each([
    ['absent', {}],
    ['empty', { body: '' }],
    ['empty in base64', { body: new Uint8Array() }],
  ])('is empty if it is %s', (_scenario, call) => {
    expect(readBody(buildEvent(call))).toBeUndefined();
  });

  it.each([
    ['an object', '{"a":{"b":[1]}}'],
    ['an array', '[]'],
    ['null', 'null'],
    ['text', '"x"'],
    ['0', '0'],
    ['with white space around', ' \r\n\t{} \n'],
    ['with characters beyond ASCII', '{"a":"é🎥"}'],
    ['with escaped half of a surrogate pair', '{"a":"\\ud83d"}'],
    ['with an escaped NUL', '{"a":"\\u0000"}'],
    ['with a key twice, of which the last counts', '{"a":1,"a":2}'],
  ])('can be any JSON: %s', (_scenario, json) => {
    expect(readBody(buildEvent({ body: json }))).toEqual(JSON.parse(json));
    expect(readBody(buildEvent({ body: json, base64: true }))).toEqual(JSON.parse(json));
  });

  it.each([
    ['half of it', '{"a":'],
    ['a word', 'yes'],
    ['a form', 'a=b'],
    ['single quotes', "{'a':1}"],
    ['a comma at the end', '{"a":1,}'],
    ['a comment', '{} // x'],
    ['two documents', '{}{}'],
    ['white space only', '   '],
    ['NaN', '{"a":NaN}'],
    ['a bare NUL', '{"a":"\0"}'],
    ['a BOM', '\ufeff{}'],
  ])('must be JSON, not %s', async (_scenario, text) => {
    for (const base64 of [false, true]) {
      const fault = await catchFault(() => readBody(buildEvent({ body: text, base64 })));
      expect(fault).toMatchObject({
        name: 'ValidationError',
        message: 'The body is not valid JSON in UTF-8.',
        errors: undefined,
      });
    }
  });

  it.each([
    ['a stray byte', [0x22, 0xff, 0x22]],
    ['half a character', [0x22, 0xc3, 0x22]],
    ['half a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['UTF-16', [0x7b, 0x00, 0x7d, 0x00]],
  ])('must be UTF-8, not %s', async (_scenario, bytes) => {
    const fault = await catchFault(() => readBody(buildEvent({ body: Buffer.from(bytes) })));
    expect(fault.name).toBe('ValidationError');
  });

  it.each([
    ['32768 letters', `"${'x'.repeat(KIB_32 - 2)}"`, true],
    ['32769 letters', `"${'x'.repeat(KIB_32 - 1)}"`, false],
    ['characters of 2 bytes, 32768 in all', `"${'é'.repeat(KIB_32 / 2 - 1)}"`, true],
    ['characters of 2 bytes, 32769 in all', `"${'é'.repeat(KIB_32 / 2 - 1)}x"`, false],
    ['characters of 4 bytes, 32768 in all', `"${'🎥'.repeat(KIB_32 / 4 - 1)}xx"`, true],
    ['characters of 4 bytes, 32769 in all', `"${'🎥'.repeat(KIB_32 / 4 - 1)}xxx"`, false],
    ['6 MB', `"${'x'.repeat(6 * 1024 * 1024)}"`, false],
  ])('can have up to 32 KiB: %s', async (_scenario, text, isAllowed) => {
    const bytes = Buffer.byteLength(text);
    for (const base64 of [false, true]) {
      const event = buildEvent({ body: text, base64 });
      if (isAllowed) {
        expect(readBody(event)).toBe(JSON.parse(text));
        continue;
      }
      expect(await catchFault(() => readBody(event))).toMatchObject({
        name: 'PayloadTooLargeError',
        message: `The body has ${bytes} bytes; at most 32768 are allowed.`,
      });
    }
  });

  it('has no depth limit except its size', () => {
    const body = '['.repeat(KIB_32 / 2) + ']'.repeat(KIB_32 / 2);
    expect(readBody(buildEvent({ body }))).toBeInstanceOf(Array);
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
    'application/problem+json',
    'application/vnd.example.v1+json',
    ' application/json ; a=b',
    undefined,
  ])('can have the type %s', (contentType) => {
    expect(readBody(buildEvent({ body: {}, contentType }))).toEqual({});
  });

  it.each([
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json-seq',
    'application/xml; note=application/json',
    'json',
    '',
  ])('is rejected with the type %j', async (contentType) => {
    expect(await catchFault(() => readBody(buildEvent({ body: {}, contentType })))).toMatchObject({
      name: 'UnsupportedMediaTypeError',
      message: 'The body must be JSON, with content-type application/json.',
    });
  });

  it('needs no content type if it is empty', () => {
    expect(readBody(buildEvent({ body: '', contentType: 'text/plain' }))).toBeUndefined();
  });

  it('is checked for its size before its type', async () => {
    const event = buildEvent({ body: 'x'.repeat(KIB_32 + 1), contentType: 'text/plain' });
    expect((await catchFault(() => readBody(event))).name).toBe('PayloadTooLargeError');
  });

  it.each([
    ['a number', 7],
    ['an object', { a: 1 }],
    ['a list', ['{}']],
    ['true', true],
  ])('is rejected if the event has %s', async (_scenario, body) => {
    const fault = await catchFault(() => readBody({ ...buildEvent(), body }));
    expect(fault.name).toBe('ValidationError');
  });

  it.each(['true', 1, null, {}])('is text unless isBase64Encoded is true: %j', (flag) => {
    expect(readBody({ ...buildEvent({ body: '{"a":1}' }), isBase64Encoded: flag })).toEqual({
      a: 1,
    });
  });
});

describe('the content type', () => {
  const withHeaders = (headers: unknown, multiValueHeaders?: unknown) => ({
    ...restApiEvent({ body: '{}' }),
    headers,
    multiValueHeaders,
  });
  const isRefused = async (event: HttpEvent) => {
    try {
      readBody(event);
      return false;
    } catch {
      return (await catchFault(() => readBody(event))).name === 'UnsupportedMediaTypeError';
    }
  };

  it.each(['content-type', 'Content-Type', 'CONTENT-TYPE', 'cOnTeNt-TyPe'])(
    'is read from a header in the spelling %s',
    async (name) => {
      expect(await isRefused(withHeaders({ [name]: 'text/plain' }))).toBe(true);
      expect(await isRefused(withHeaders(null, { [name]: ['text/plain'] }))).toBe(true);
      expect(await isRefused(withHeaders({ [name]: 'application/json' }))).toBe(false);
    },
  );

  it.each<[scenario: string, headers: unknown, multiValueHeaders: unknown, refused: boolean]>([
    ['no headers', undefined, undefined, false],
    ['headers null', null, null, false],
    ['headers of the wrong type', 'Content-Type: text/plain', 7, false],
    ['a header null', { 'content-type': null }, undefined, false],
    [
      'a header null beside its list',
      { 'content-type': null },
      { 'content-type': ['text/plain'] },
      true,
    ],
    ['a header as a number', { 'content-type': 7 }, undefined, false],
    ['an empty list', {}, { 'content-type': [] }, false],
    [
      'a list that ends with JSON',
      {},
      { 'content-type': ['text/plain', 'application/json'] },
      false,
    ],
    [
      'a list that ends without JSON',
      {},
      { 'content-type': ['application/json', 'text/plain'] },
      true,
    ],
    ['a list of the wrong type', {}, { 'content-type': [null] }, false],
    [
      'both, of which the single one counts',
      { 'content-type': 'application/json' },
      { 'content-type': ['text/plain'] },
      false,
    ],
    ['a header that only begins so', { 'content-type-x': 'text/plain' }, undefined, false],
  ])('of an event with %s is checked or ignored', async (_scenario, headers, many, refused) => {
    expect(await isRefused(withHeaders(headers, many))).toBe(refused);
  });
});

describe('the method', () => {
  const assertPost = (event: HttpEvent) => assertMethod(readHttpRequest(event), 'POST');

  it.each(httpDoors)('can be POST through %s', (_door, buildEvent) => {
    expect(() => assertPost(buildEvent())).not.toThrow();
  });

  it.each(httpDoors)('cannot be another through %s', async (_door, buildEvent) => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'post']) {
      expect(await catchFault(() => assertPost(buildEvent({ method })))).toMatchObject({
        name: 'MethodNotAllowedError',
        message: 'Only POST is allowed here.',
      });
    }
  });

  it('can be one of several; the error and the header Allow list them', async () => {
    const http = readHttpRequest(httpApiEvent({ method: 'PUT' }));
    expect(await catchFault(() => assertMethod(http, 'GET', 'DELETE'))).toMatchObject({
      message: 'Only GET or DELETE is allowed here.',
      allow: 'GET, DELETE',
    });
    expect(() => assertMethod({ ...http, method: 'DELETE' }, 'GET', 'DELETE')).not.toThrow();
  });

  it.each([undefined, null, 7, {}])('is not checked if it is missing: %j', (lost) => {
    const event = { ...restApiEvent(), httpMethod: lost };
    expect(() => assertPost(event)).not.toThrow();
  });
});
