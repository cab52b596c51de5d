/** The request in the forms that people paste, run as they would run it. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { playUser } from '../../console/try/play-user.ts';
import { type Request, toCurl, toFetch } from '../../console/try/request-text.ts';
import { readPlayedUser } from '../../local/played-user.ts';

const visible = fc.stringMatching(/^[\x20-\x7eäß€]{0,30}$/);
const requests: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  url: visible,
  headers: fc.dictionary(fc.stringMatching(/^[a-z-]{1,9}$/), visible, { maxKeys: 3 }),
  body: fc.option(fc.oneof(fc.json(), visible), { nil: undefined }),
});

/** JSON by what it says, anything else as it stands. */
function toContent(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return body;
  }
}

it('a shell hands curl what the request is, whatever is in it', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const script = `curl() { printf '%s\\0' "$@"; }\n${toCurl(request)}`;
      const args = execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1);
      expect(args).toEqual([
        ...['-sS', '-X', request.method, request.url],
        ...Object.entries(request.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
        ...(request.body === undefined ? [] : ['--data-raw', request.body]),
      ]);
    }),
    { numRuns: 60 },
  );
});

it('JavaScript hands fetch the same', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const calls: [string, { method: string; headers?: object; body?: string }][] = [];
      const run = new Function('fetch', `return (async () => { ${toFetch(request)} })()`);
      await run((...call: (typeof calls)[number]) => calls.push(call));
      const [[url, { method, headers = {}, body }] = expect.fail('nothing was fetched')] = calls;
      expect([url, method, headers]).toEqual([request.url, request.method, request.headers]);
      expect(toContent(body)).toEqual(toContent(request.body));
    }),
  );
});

it.each([
  ['ada', 'moderator', { sub: 'ada', opentok_role: 'moderator' }],
  ['Zoë 👋', '', { sub: 'Zoë 👋' }],
])('the user who is played is the one who arrives: %s %s', (subject, role, claims) => {
  expect(readPlayedUser(`Bearer ${playUser(subject, role)}`)).toEqual(claims);
});

it.each(['', 'bearer '])('is taken for the user behind %j too, as API Gateway does', (before) => {
  expect(readPlayedUser(before + playUser('ada', 'publisher'))).toMatchObject({ sub: 'ada' });
});

it.each([
  undefined,
  '',
  'Basic YTpi',
  'Bearer',
  'Bearer a.b',
  'Bearer a.!.',
  `Bearer a.${btoa('7')}.`,
])('nobody is played by %s', (authorization) => {
  expect(readPlayedUser(authorization)).toBeUndefined();
});

it('claims arrive as API Gateway hands them over: as text', () => {
  const claims = { sub: 'ada', rooms: ['a', 'b'], iat: 7, ok: true };
  const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
  expect(readPlayedUser(`Bearer ${token}`)).toEqual({
    sub: 'ada',
    rooms: '[a b]',
    iat: '7',
    ok: 'true',
  });
});
