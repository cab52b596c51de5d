import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault, validationError } from '../../lib/domain/faults.ts';
import { toProblem } from '../../lib/events/problem.ts';
import { buildFailure, buildSuccess } from '../../lib/events/results.ts';

/** Size of an EventBridge entry in bytes, without `source` and `detail-type`. */
const MAX_DETAIL_BYTES = 256 * 1024 - 1024;
const problem = toProblem(new Fault('ValidationError', 'Wrong.'), 'request');
const fail = (body: unknown) => buildFailure('Failed', problem, { eventId: 'e', body });
const byteLength = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('the result of a success', () => {
  it('has the response, the reference and the event id', () => {
    const correlation = { eventId: 'e', reference: 'r' };
    expect(buildSuccess('Created', { session: { sessionId: 's' } }, correlation)).toEqual({
      type: 'Created',
      detail: { session: { sessionId: 's' }, eventId: 'e', reference: 'r' },
    });
  });

  it('has no reference if the request has none', () => {
    expect(buildSuccess('Created', {}, { eventId: 'e' }).detail).toEqual({ eventId: 'e' });
  });
});

describe('the result of a rejection', () => {
  it('has the problem, the reference, the event id and the message', () => {
    const correlation = { eventId: 'e', reference: 'r', body: '{"mediaMod":1}' };
    expect(buildFailure('Failed', problem, correlation)).toEqual({
      type: 'Failed',
      detail: { problem, eventId: 'e', reference: 'r', body: '{"mediaMod":1}' },
    });
  });

  it.each<[scenario: string, body: unknown]>([
    ['null', null],
    ['an object', { mediaMod: 1 }],
    ['an array', []],
    ['an empty text', ''],
    ['a text of 128 KiB as JSON', 'x'.repeat(128 * 1024 - 2)],
  ])('has the complete message: %s', (_scenario, body) => {
    expect(fail(body).detail).toEqual({ problem, eventId: 'e', body });
  });

  it.each<[scenario: string, body: unknown]>([
    ['text', 'x'.repeat(128 * 1024 - 1)],
    ['text that is longer in bytes', 'é'.repeat(64 * 1024)],
    ['text that is longer as JSON', '"'.repeat(64 * 1024)],
    ['an object', { data: 'x'.repeat(128 * 1024) }],
  ])('has the beginning of a long message: %s', (_scenario, body) => {
    const { detail } = fail(body);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(detail['bodyTruncated']).toBe(true);
    expect(String(detail['body']).length).toBeGreaterThan(20_000);
    expect(text.startsWith(String(detail['body']))).toBe(true);
  });

  it.each<[scenario: string, json: string, text?: string]>([
    ['a number beyond JavaScript', '{"mediaMod":1e400}', '{"mediaMod":1e999}'],
    ['a number that has lost digits', '{"a":9007199254740993}', '{"a":9007199254740992}'],
    ['a number beyond 64 bits', '[18446744073709551616]', '[18446744073709552000]'],
    ['more levels than EventBridge takes', '['.repeat(991) + ']'.repeat(991)],
  ])(
    'has the text of a value that EventBridge does not accept: %s',
    (_scenario, json, text = json) => {
      expect(fail(JSON.parse(json)).detail).toEqual({ problem, eventId: 'e', body: text });
      // The sender's text is text already.
      expect(fail(json).detail).toEqual({ problem, eventId: 'e', body: json });
    },
  );

  it('has a value of the maximum depth unchanged', () => {
    const body = JSON.parse('['.repeat(990) + ']'.repeat(990));
    expect(fail(body).detail['body']).toBe(body);
  });

  it('has the beginning of the text of a deeper value', () => {
    const { body, bodyTruncated } = fail(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)))
      .detail as Record<string, unknown>;
    expect([body, bodyTruncated]).toEqual(['['.repeat(21_845), true]);
  });

  it('is truncated between characters', () => {
    for (const shift of ['', 'x']) {
      const { detail } = fail(shift + '🎥'.repeat(64 * 1024));
      expect(String(detail['body'])).toHaveLength(shift === '' ? 21_844 : 21_845);
      expect(String(detail['body']).isWellFormed()).toBe(true);
    }
  });

  it('always fits into an EventBridge entry', () => {
    const longName = '\u{1f3a5}'.repeat(40);
    const errors = Array.from({ length: 50 }, () => ({
      pointer: `#/${encodeURIComponent(longName.slice(0, 64))}`,
      detail: 'is not one of '.padEnd(200, 'x'),
    }));
    const worst = toProblem(validationError(errors), 'request');
    const character = fc.constantFrom('x', '\u0000', '"', 'é', '🎥', '\ud83c', '\\u0000');
    const body = fc
      .array(fc.tuple(character, fc.nat(100_000)), { maxLength: 3 })
      .map((runs) => runs.map(([text, times]) => text.repeat(times)).join(''));
    fc.assert(
      fc.property(body, (text) => {
        const correlation = { eventId: 'e'.repeat(100), reference: '\u0000'.repeat(256) };
        for (const sent of [text, { data: text }]) {
          const { detail } = buildFailure('Failed', worst, { ...correlation, body: sent });
          expect(byteLength(detail)).toBeLessThan(MAX_DETAIL_BYTES);
        }
      }),
      { numRuns: 30 },
    );
  });
});
