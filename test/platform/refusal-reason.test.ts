import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainRefusal } from '../../lib/platform/refusal-reason.ts';
import { refuseInJson, refuseInXml } from '../../stand-ins/platform-answers.ts';

const explain = (message: string) =>
  explainRefusal(refuseInJson({ status: 403, message }).body ?? '');

/** Quoted in issues of the vendor's SDKs. */
const known: [message: string, explanation: RegExp][] = [
  ['No suitable authentication found', /no such project/],
  ['Invalid signature', /API secret or the private key/],
  ['Invalid token format', /not an account's/],
  ['Invalid issuer format', /API key/],
  ['issued time cannot be greater than current time', /clock .* ahead/],
  ['Issued time cannot be great than 1700000000', /clock .* ahead/],
  ['Invalid partner credentials', /belong together/],
];

describe('explainRefusal', () => {
  it.each(known)('explains: %s', (message, explanation) => {
    expect(explain(message)).toMatch(explanation);
  });

  it.each(known)('explains in XML: %s', (message, explanation) => {
    const { body = '' } = refuseInXml({ status: 403, message });
    expect(explainRefusal(body)).toMatch(explanation);
  });

  it('explains each cause differently', () => {
    const explanations = new Set(known.map(([message]) => explain(message)));
    expect(explanations.size).toBe(known.length - 1);
  });

  it.each([
    ['nothing', ''],
    ['no message', '{"code":-1}'],
    ['a message that is not a string', '{"message":{"message":"Invalid signature"}}'],
    ['null', 'null'],
    ['a text', '"Invalid signature"'],
    ['HTML', '<!doctype html><title>Invalid signature</title>'],
    ['JSON cut off', '{"message":"Invalid signature"'],
    ['an unknown message', '{"message":"Not an Invalid signature"}'],
  ])('returns undefined for %s', (_what, body) => {
    expect(explainRefusal(body)).toBeUndefined();
  });

  it('quotes nothing that follows a known message', () => {
    const secret = fc.string({ minLength: 8 }).map((text) => `eyJ${text}`);
    fc.assert(
      fc.property(fc.constantFrom(...known), secret, ([message], leaked) => {
        const explained = explain(`${message} ${leaked}`);
        expect(explained).toBe(explain(message));
        expect(explained).not.toContain(leaked);
      }),
    );
  });
});
