/**
 * API Gateway events with every field in turn missing, null, of a wrong type or hostile, and random
 * combinations of headers, bodies and callers. Every response is in the contract, and no caller without
 * authentication gets a token.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { codePoint } from '../support/code-point.ts';
import { readAnswer } from '../support/contract.ts';
import { type RunningFunction, startFunction } from '../support/drive.ts';
import { OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';
import { httpApiEvent, httpDoors, restApiEvent } from '../support/http-events.ts';
import { verifyHs256 } from '../support/verify-token.ts';
import { JUNK, placesOf, put } from './damage.ts';

const sessionId = sessionIds.openTok;

let running: RunningFunction;
let cases = 0;
const ask = async (event: unknown) => {
  cases += 1;
  return readAnswer(await running.invoke(event));
};
const start = (name: 'createSession' | 'issueToken', environment: Record<string, string> = {}) =>
  beforeAll(async () => {
    running = await startFunction(name, { environment });
    return () => running.close();
  });
const check = async <Input>(
  arbitrary: fc.Arbitrary<Input>,
  numRuns: number,
  judge: (input: Input) => Promise<void>,
) => fc.assert(fc.asyncProperty(arbitrary, judge), { numRuns });

describe.each(['createSession', 'issueToken'] as const)(
  '%s responds within the contract',
  (name) => {
    start(name);
    it.each(httpDoors)('for any value in one field of an event from the %s', async (_, build) => {
      const call = { body: { data: 'x' }, ...(name === 'issueToken' && { sessionId }) };
      const event = build(call);
      for (const path of placesOf(event)) {
        for (const junk of JUNK) {
          try {
            await ask(put(event, path, junk));
          } catch (cause) {
            throw new Error(`${path.join('.')} = ${JSON.stringify(junk)?.slice(0, 80)}`, {
              cause,
            });
          }
        }
      }
    });

    it('for 6 MB of any content', async () => {
      const block = fc.oneof(
        fc.constantFrom(' ', '[', '{"a":', '"', '\0', '\ud800', 'é', '\ufeff'),
        fc.string({ minLength: 1 }),
      );
      await check(fc.tuple(block, fc.boolean()), 20, async ([text, isBase64Encoded]) => {
        const body = text.repeat(Math.ceil((6 * 1024 * 1024) / text.length));
        const { status } = await ask({ ...httpApiEvent({ sessionId }), body, isBase64Encoded });
        expect(status).toBe(413);
      });
    });
  },
);

describe('issueToken', () => {
  start('issueToken');

  /** A header name in any case. */
  const spelled = (name: string) =>
    fc
      .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
      .map((upper) => [...name].map((c, at) => (upper[at] ? c.toUpperCase() : c)).join(''));
  const contentTypes = fc.array(
    fc.constantFrom(
      'application/json',
      'APPLICATION/JSON; charset=utf-8',
      'text/plain',
      '',
      'json',
    ),
    { minLength: 1, maxLength: 3 },
  );

  it('reads the content type in any case, and the last of several', async () => {
    const input = fc.tuple(spelled('content-type'), contentTypes, fc.boolean());
    await check(input, 2_000, async ([name, values, isMultiValue]) => {
      const headers = { [name]: values.at(-1) };
      const event = {
        ...restApiEvent({ sessionId, body: {} }),
        headers: isMultiValue ? null : headers,
        multiValueHeaders: isMultiValue ? { [name]: values } : null,
      };
      const { status } = await ask(event);
      expect(status).toBe(/^application\/json/i.test(values.at(-1) ?? '') ? 201 : 415);
    });
  });

  const data = fc.oneof(
    fc.string({ unit: codePoint, maxLength: 1_100 }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
      .map((units) => String.fromCharCode(...units)),
    fc.constantFrom('\0', '\ufeff', '\ud800', '\udc00', '__proto__', 'é'.repeat(1_000)),
  );

  it('uses the last of repeated fields, returns it unchanged or rejects it, and treats an empty one as none', async () => {
    await check(fc.tuple(data, data, fc.boolean()), 2_000, async ([first, last, base64]) => {
      const body = `{"data":${JSON.stringify(first)},"data":${JSON.stringify(last)}}`;
      const answer = await ask(httpApiEvent({ sessionId, body, base64 }));
      const isValid = last.isWellFormed() && last.length <= 1_000;
      expect(answer.status).toBe(isValid ? 201 : 400);
      if (!('body' in answer)) return;
      const claims = verifyHs256(String(answer.body['token']), OPENTOK_SECRET.apiSecret);
      expect(claims['connection_data']).toBe(last === '' ? undefined : last);
    });
  });

  it('lists all unknown fields, also with names of inherited properties', async () => {
    const names = fc.uniqueArray(
      fc.oneof(
        fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'then'),
        fc.string({ unit: 'grapheme', maxLength: 30 }),
      ),
      { minLength: 1, maxLength: 9 },
    );
    const known = ['role', 'expireTime', 'data', 'initialLayoutClassList', 'tokenType'];
    await check(names, 1_000, async (fields) => {
      fc.pre(!fields.some((field) => known.includes(field)));
      const body = `{${fields.map((field) => `${JSON.stringify(field)}:1`).join()}}`;
      const answer = await ask(httpApiEvent({ sessionId, body }));
      expect(answer.status).toBe(400);
      if ('problem' in answer) expect(answer.problem.errors).toHaveLength(fields.length);
    });
  });
});

describe('issueToken for end users', () => {
  start('issueToken', { AUTH: 'jwt' });

  const junk = fc.oneof(
    fc.constantFrom(...JUNK.filter((value) => typeof value !== 'string' || value.length < 99)),
    fc.jsonValue(),
  );
  const roles = fc.oneof(
    fc.constantFrom('subscriber', 'publisher', 'moderator', 'publisheronly', 'admin'),
    junk,
  );
  const claims = fc.record(
    { sub: fc.oneof(fc.string(), junk), opentok_role: roles },
    {
      requiredKeys: [],
    },
  );
  const authorizer = fc.oneof(
    claims.map((of) => ({ jwt: { claims: of, scopes: null } })),
    claims.map((of) => ({ claims: of })),
    claims.map((of) => ({ lambda: of })),
    fc.record({ principalId: junk, opentok_role: roles }, { requiredKeys: [] }),
    fc.record(
      { jwt: junk, claims: junk, lambda: junk, iam: junk, principalId: junk },
      {
        requiredKeys: [],
      },
    ),
    junk,
  );
  const RANKS: Record<string, string[]> = {
    subscriber: ['subscriber'],
    publisheronly: ['publisheronly'],
    publisher: ['subscriber', 'publisheronly', 'publisher'],
    moderator: ['subscriber', 'publisheronly', 'publisher', 'moderator'],
  };

  it('never exceeds the role of the claim, and issues nothing without authentication', async () => {
    const role = fc.option(fc.constantFrom(...Object.keys(RANKS)), { nil: undefined });
    await check(fc.tuple(authorizer, role), 4_000, async ([result, wanted]) => {
      const event = httpApiEvent({ sessionId, body: wanted === undefined ? {} : { role: wanted } });
      const requestContext = { ...(event['requestContext'] as object), authorizer: result };
      const answer = await ask({ ...event, requestContext });
      if (!('body' in answer)) {
        expect([401, 403]).toContain(answer.status);
        return;
      }
      const text = JSON.stringify(result);
      const granted = verifyHs256(String(answer.body['token']), OPENTOK_SECRET.apiSecret);
      // Every token contains the subject of its caller.
      expect(text).toContain(JSON.stringify(JSON.parse(String(granted['connection_data'])).sub));
      const highest = Object.keys(RANKS).filter((rank) =>
        text.includes(`"opentok_role":"${rank}"`),
      );
      const allowed = highest.length === 0 ? RANKS['publisher'] : highest.flatMap((r) => RANKS[r]);
      expect(allowed).toContain(granted['role']);
    });
  });
});

describe('the fuzz', () => {
  it('had at least 10,000 cases', () => {
    expect(cases).toBeGreaterThan(10_000);
  });
});
