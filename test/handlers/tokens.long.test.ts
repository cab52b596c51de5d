import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codePoint } from '../support/code-point.ts';
import { readCreated } from '../support/contract.ts';
import { type RunningFunction, startFunction } from '../support/drive.ts';
import { APPLICATION_ID, DAY_SECONDS, OPENTOK_SECRET, toSessionId } from '../support/fixtures.ts';
import { httpDoors } from '../support/http-events.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { type Claims, verifyHs256, verifyRs256, verifyT1 } from '../support/verify-token.ts';

// Thousands of invocations, many of them over sockets.
vi.setConfig({ testTimeout: 120_000 });

const running = new Map<'openTok' | 'vonage', RunningFunction>();
beforeAll(async () => {
  // Sequential: each changes the environment while it loads.
  running.set('openTok', await startFunction('issueToken', { secret: OPENTOK_SECRET }));
  running.set('vonage', await startFunction('issueToken', { secret: VONAGE_SECRET }));
});
afterAll(async () => {
  for (const one of [...running.values()].reverse()) await one.close();
});

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Any valid Unicode text, counted in UTF-16 code units. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...' &=%:+~#/"\\\0\n\u2028\ufeff'),
      fc.string({ unit: codePoint, minLength: 1, maxLength: 1 }),
    ),
    { maxLength: 300 },
  )
  .map((characters) => characters.join(''));
const className = fc
  .string({ unit: codePoint, minLength: 1, maxLength: 40 })
  .filter((value) => /^\S+$/.test(value));

const requests = fc.record(
  {
    role: fc.constantFrom('subscriber', 'publisher', 'moderator', 'publisheronly'),
    expireTime: fc.oneof(
      fc.constant(0),
      // An hour ahead, so that it is in the future when the case runs.
      fc.integer({ min: 3_600, max: 29 * DAY_SECONDS }).map((left) => nowSeconds() + left),
    ),
    data: text,
    initialLayoutClassList: fc
      .array(className, { maxLength: 20 })
      .filter((classes) => classes.join(' ').length <= 1000),
  },
  { requiredKeys: [] },
);
type Request = typeof requests extends fc.Arbitrary<infer T> ? T : never;

const sessionOf = (project: string) =>
  fc
    .tuple(
      fc.constantFrom('1_', '2_'),
      fc.option(fc.ipV4(), { nil: '' }),
      fc.nat(),
      fc.base64String({ minLength: 24, maxLength: 24 }),
      fc.constantFrom(['P', ''], ['', ''], ['']),
    )
    .map(([prefix, location, time, random, rest]) =>
      toSessionId(['1', project, location, time, random, ...rest].join('~'), prefix),
    );

/** Requests a token over HTTP or directly, and asserts that the response matches the request. */
async function ask(kind: 'openTok' | 'vonage', door: number, sessionId: string, request: object) {
  const { invoke } = running.get(kind) ?? expect.fail();
  const before = nowSeconds();
  const build = httpDoors[door]?.[1];
  const answer = build
    ? readCreated(await invoke(build({ sessionId, body: request, base64: door === 1 })))
    : ((await invoke({ ...request, sessionId })) as Claims);
  const after = nowSeconds();
  const { role = 'publisher', expireTime = 0 } = request as Request;
  expect(answer).toMatchObject({ sessionId, role });
  const expiresAt = Number(answer['expireTime']);
  if (expireTime !== 0) expect(expiresAt).toBe(expireTime);
  else expect(expiresAt - DAY_SECONDS).toSatisfy((now) => now >= before && now <= after);
  return { token: String(answer['token']), role, expiresAt, before, after };
}

const doors = fc.nat({ max: httpDoors.length });
const runs = { numRuns: 700 };
/** The fields of a request that a token contains unchanged, by claim. */
const carried = ({ data, initialLayoutClassList: classes }: Request, noClasses: object) => ({
  ...(data ? { connection_data: data } : {}),
  ...(classes === undefined || classes.length === 0
    ? noClasses
    : { initial_layout_class_list: classes.join(' ') }),
});

describe('for any valid request the token verifies and has exactly the requested fields', () => {
  it('as a JWT of an OpenTok project', async () => {
    const property = fc.asyncProperty(
      doors,
      sessionOf(OPENTOK_SECRET.apiKey),
      requests,
      async (door, sessionId, request) => {
        const { token, role, expiresAt, before, after } = await ask(
          'openTok',
          door,
          sessionId,
          request,
        );
        const { iat, nonce, ...claims } = verifyHs256(token, OPENTOK_SECRET.apiSecret);
        expect(claims).toEqual({
          iss: OPENTOK_SECRET.apiKey,
          ist: 'project',
          scope: 'session.connect',
          session_id: sessionId,
          role,
          exp: expiresAt,
          ...carried(request, {}),
        });
        expect(nonce).toSatisfy(Number.isSafeInteger);
        expect(iat).toSatisfy((issuedAt) => issuedAt >= before && issuedAt <= after);
      },
    );
    await fc.assert(property, runs);
  });

  it('as a T1 token of an OpenTok project', async () => {
    const property = fc.asyncProperty(
      doors,
      sessionOf(OPENTOK_SECRET.apiKey),
      requests,
      async (door, sessionId, request) => {
        const asked = await ask('openTok', door, sessionId, { ...request, tokenType: 'T1' });
        const { token, role, expiresAt, before, after } = asked;
        const { create_time, nonce, ...fields } = verifyT1(token, OPENTOK_SECRET);
        expect(fields).toEqual({
          session_id: sessionId,
          role,
          expire_time: String(expiresAt),
          ...carried(request, {}),
        });
        expect(nonce).toMatch(/^\d+$/);
        expect(Number(create_time)).toSatisfy((at) => at >= before && at <= after);
      },
    );
    await fc.assert(property, runs);
  });

  it('as a JWT of a Vonage application', async () => {
    const property = fc.asyncProperty(
      doors,
      sessionOf(APPLICATION_ID),
      requests,
      async (door, sessionId, request) => {
        const { token, role, expiresAt, before, after } = await ask(
          'vonage',
          door,
          sessionId,
          request,
        );
        const { iat, jti, ...claims } = verifyRs256(token, rsa.publicKey);
        expect(claims).toEqual({
          application_id: APPLICATION_ID,
          scope: 'session.connect',
          session_id: sessionId,
          role,
          sub: 'video',
          acl: { paths: { '/session/**': {} } },
          exp: expiresAt,
          ...carried(request, { initial_layout_class_list: '' }),
        });
        expect(jti).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
        expect(iat).toSatisfy((issuedAt) => issuedAt >= before && issuedAt <= after);
      },
    );
    await fc.assert(property, runs);
  });
});
