/** The request in the forms that people paste, run by a shell and by JavaScript. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { playUser } from '../../console/explorer/play-user.ts';
import { type Request, toCurl, toFetch } from '../../console/explorer/request-text.ts';
import { readPlayedUser } from '../../local/played-user.ts';

const visible = fc.stringMatching(/^[\x20-\x7eäß€]{0,30}$/);
const requests: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  url: visible,
  headers: fc.dictionary(fc.stringMatching(/^[a-z-]{1,9}$/), visible, { maxKeys: 3 }),
  body: fc.option(fc.oneof(fc.json(), visible), { nil: undefined }),
});

/** JSON as its content, anything else as its text. */
function toContent(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return body;
  }
}

it('toCurl() passes the request through a shell unchanged', () => {
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

/** Runs the text of `toFetch()`. @returns what it passes to `fetch` */
async function runFetch(request: Request) {
  const calls: [string, { method: string; headers?: object; body?: string }][] = [];
  const run = new Function('fetch', `return (async () => { ${toFetch(request)} })()`);
  await run((...call: (typeof calls)[number]) => calls.push(call));
  const [[url, { method, headers = {}, body }] = expect.fail('fetch was not called')] = calls;
  return { url, method, headers, body };
}

it('toFetch() passes the request to fetch unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const { url, method, headers, body } = await runFetch(request);
      expect([url, method, headers]).toEqual([request.url, request.method, request.headers]);
      expect(toContent(body)).toEqual(toContent(request.body));
    }),
  );
});

const post: Request = { method: 'POST', url: '/x', headers: {}, body: '{}' };

it.each([
  ['a field __proto__', '{"__proto__":{"a":1}}'],
  ['a field __proto__ deep inside', '{"a":[{"__proto__":null,"b":1}]}'],
  ['a field __proto__ that is escaped', String.raw`{"__proto\u005f_":1}`],
  ['a number too long for JavaScript', '{"a":12345678901234567890}'],
  ['a number too large for JavaScript', '{"a":1e999}'],
  ['minus zero', '{"a":-0}'],
  ['a field twice', '{"a":1,"a":2}'],
  ['fields in an order that JavaScript changes', '{"b":1,"7":2}'],
  ['a lone surrogate', String.raw`{"a":"\ud800"}`],
])('toFetch() keeps a body with %s', async (_, body) => {
  const sent = (await runFetch({ ...post, body })).body ?? '';
  expect(sent).toBe(body);
});

it.each([
  ['pretty-printed', '{\n  "a": [1, "x  y"]\n}', 'JSON.stringify({"a":[1,"x  y"]})'],
  ['with __proto__ as a value', '{"a":"__proto__"}', 'JSON.stringify({"a":"__proto__"})'],
  ['with white space in a text', '{"a":" \\" "}', 'JSON.stringify({"a":" \\" "})'],
])('toFetch() writes JSON as an object literal: %s', (_, body, text) => {
  expect(toFetch({ ...post, body })).toContain(`body: ${text},`);
});

it('toFetch() keeps a header __proto__', async () => {
  const headers = JSON.parse('{"__proto__":"a","x":"b"}');
  expect(Object.entries((await runFetch({ ...post, headers })).headers)).toEqual([
    ['__proto__', 'a'],
    ['x', 'b'],
  ]);
});

it.each([
  ['ada', 'moderator', { sub: 'ada', opentok_role: 'moderator' }],
  ['Zoë 👋', '', { sub: 'Zoë 👋' }],
])('readPlayedUser() reads the user of playUser(): %s %s', (subject, role, claims) => {
  expect(readPlayedUser(`Bearer ${playUser(subject, role)}`)).toEqual(claims);
});

it.each(['', 'bearer '])(
  'readPlayedUser() accepts the prefix %j, as API Gateway does',
  (before) => {
    expect(readPlayedUser(before + playUser('ada', 'publisher'))).toMatchObject({ sub: 'ada' });
  },
);

it.each([
  undefined,
  '',
  'Basic YTpi',
  'Bearer',
  'Bearer a.b',
  'Bearer a.!.',
  `Bearer a.${btoa('7')}.`,
])('readPlayedUser() returns undefined for %s', (authorization) => {
  expect(readPlayedUser(authorization)).toBeUndefined();
});

it('readPlayedUser() turns claims into text, as API Gateway does', () => {
  const claims = { sub: 'ada', rooms: ['a', 'b'], iat: 7, ok: true };
  const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
  expect(readPlayedUser(`Bearer ${token}`)).toEqual({
    sub: 'ada',
    rooms: '[a b]',
    iat: '7',
    ok: 'true',
  });
});
