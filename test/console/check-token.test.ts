/** The inspector's rules: tokens of the real functions pass all of them, and each kind of mistake fails one. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkToken } from '../../console/inspector/check-token.ts';
import { recognize } from '../../console/inspector/recognize.ts';
import { readSessionId } from '../../console/inspector/session-id.ts';
import { decodeToken, NotAToken } from '../../lib/domain/decode-token.ts';
import { readProjectId } from '../../lib/domain/session-id.ts';
import { MAX_TOKEN_SECONDS } from '../../lib/domain/token-request.ts';
import type { Signature } from '../../lib/domain/token-signature.ts';
import { codePoint } from '../support/code-point.ts';
import { startFunction } from '../support/drive.ts';
import { DAY_SECONDS, NOW_SECONDS, sessionIds, toSessionId } from '../support/fixtures.ts';
import { httpApiEvent } from '../support/http-events.ts';
import { VONAGE_SECRET } from '../support/keys.ts';

type Claims = Readonly<Record<string, unknown>>;

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const jwt = (claims: Claims, header: object = { alg: 'HS256', typ: 'JWT' }) =>
  `${encode(header)}.${encode(claims)}.c2ln`;
const t1 = (fields: Claims, signature = 'a'.repeat(40)) => {
  const data = Object.entries(fields).map(
    ([name, value]) => `${name}=${encodeURIComponent(`${value}`)}`,
  );
  const text = `partner_id=123456&sig=${signature}:${data.join('&')}`;
  return `T1==${Buffer.from(text).toString('base64')}`;
};

const openTok: Claims = {
  iss: '123456',
  ist: 'project',
  scope: 'session.connect',
  session_id: sessionIds.openTok,
  role: 'publisher',
  iat: NOW_SECONDS,
  exp: NOW_SECONDS + DAY_SECONDS,
};
const vonage: Claims = {
  application_id: VONAGE_SECRET.applicationId,
  scope: 'session.connect',
  session_id: sessionIds.vonage,
  role: 'publisher',
  iat: NOW_SECONDS,
  exp: NOW_SECONDS + DAY_SECONDS,
  sub: 'video',
  acl: { paths: { '/session/**': {} } },
};
const t1Fields: Claims = {
  session_id: sessionIds.openTok,
  create_time: NOW_SECONDS,
  expire_time: NOW_SECONDS + DAY_SECONDS,
  nonce: 1,
  role: 'publisher',
};

/** Returns the rules that are not kept, with their texts. */
function findFaults(
  token: string,
  project?: { kind: 'opentok' | 'vonage'; id: string },
  signature?: Signature,
) {
  const circumstances = { nowSeconds: NOW_SECONDS, project, signature };
  return checkToken(decodeToken(token), circumstances)
    .filter(({ outcome }) => outcome !== 'kept')
    .map(({ outcome, rule, detail, remedy = '' }) => ({
      outcome,
      rule,
      words: `${detail} ${remedy}`,
    }));
}

const without = (claims: Claims, ...names: string[]) =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));

describe('a token of the functions passes every check', () => {
  it.each<[string, object | undefined, string, object]>([
    [
      'a JWT of an OpenTok project',
      undefined,
      sessionIds.openTok,
      { role: 'moderator', data: 'é'.repeat(1000) },
    ],
    ['a T1 token', undefined, sessionIds.openTok, { tokenType: 'T1', data: 'a:b&c=d e+f %' }],
    [
      'a JWT of a Vonage application',
      VONAGE_SECRET,
      sessionIds.vonage,
      { initialLayoutClassList: ['a', 'b'] },
    ],
    [
      'the longest validity',
      undefined,
      sessionIds.openTok,
      { expireTime: Math.floor(Date.now() / 1000) + MAX_TOKEN_SECONDS },
    ],
  ])('%s', async (_, secret, sessionId, request) => {
    const running = await startFunction('issueToken', secret ? { secret } : {});
    try {
      const answer = await running.invoke(httpApiEvent({ sessionId, body: request }));
      const body = JSON.parse((answer as { body: string }).body);
      const token = decodeToken(body.token);
      const project = secret
        ? ({ kind: 'vonage', id: VONAGE_SECRET.applicationId } as const)
        : ({ kind: 'opentok', id: '123456' } as const);
      const findings = checkToken(token, { nowSeconds: Date.now() / 1000, project });
      expect(findings.filter(({ outcome }) => outcome !== 'kept')).toEqual([]);
      expect(findings.length).toBeGreaterThanOrEqual(9);
      if ('data' in request) expect(token.data).toBe(request.data);
      expect([token.sessionId, token.expiresAt]).toEqual([sessionId, body.expireTime]);
    } finally {
      await running.close();
    }
  });
});

describe('one mistake breaks one rule', () => {
  it.each<[mistake: string, token: string, rule: string, words: string]>([
    ['no exp', jwt(without(openTok, 'exp')), 'Expiry time', 'Write exp, at most 30 days'],
    [
      'exp in milliseconds',
      jwt({ ...openTok, exp: 1_700_086_400_000 }),
      'Expiry time',
      'Divide by 1000',
    ],
    [
      'exp with a fraction',
      jwt({ ...openTok, exp: NOW_SECONDS + 0.5 }),
      'Expiry time',
      'Round down',
    ],
    ['exp as text', jwt({ ...openTok, exp: '1700086400' }), 'Expiry time', 'as a number'],
    [
      'over 30 days',
      jwt({ ...openTok, exp: NOW_SECONDS + MAX_TOKEN_SECONDS + 1 }),
      'Valid for 30 days at most',
      '30 days 00:00:01',
    ],
    [
      'expired now',
      jwt({ ...openTok, iat: NOW_SECONDS - 60, exp: NOW_SECONDS }),
      'Not expired',
      'It expired at 2023-11-14 22:13:20 UTC',
    ],
    [
      'expires before it is issued',
      jwt({ ...openTok, exp: NOW_SECONDS + 5, iat: NOW_SECONDS + 9 }),
      'Valid for 30 days at most',
      'later than it is issued',
    ],
    [
      'issued in the future',
      jwt({ ...openTok, iat: NOW_SECONDS + 1 }),
      'Issue time',
      'Set the clock',
    ],
    ['no iat', jwt(without(openTok, 'iat')), 'Issue time', 'whole seconds'],
    [
      'an unknown role',
      jwt({ ...openTok, role: 'admin' }),
      'Role',
      'subscriber, publisher, moderator, publisheronly',
    ],
    ['a role in upper case', jwt({ ...openTok, role: 'Publisher' }), 'Role', 'lower case'],
    [
      'a session id cut short',
      jwt({ ...openTok, session_id: sessionIds.openTok.slice(0, 20) }),
      'Session',
      'Copy the whole id',
    ],
    [
      'a session of another project',
      jwt({ ...openTok, session_id: sessionIds.openTok2025 }),
      'Session',
      'The session belongs to project 47665971, the token to "123456".',
    ],
    [
      'a key within a longer one',
      jwt({ ...openTok, session_id: toSessionId('1~1234567~~1~x~') }),
      'Session',
      '1234567',
    ],
    [
      'a key that is a number',
      jwt({ ...openTok, iss: 123456 }),
      'Project',
      'as text and not as a number',
    ],
    ['no ist', jwt(without(openTok, 'ist')), 'Issuer type', 'It must be project.'],
    [
      'another scope',
      jwt({ ...openTok, scope: 'session.publish' }),
      'For clients',
      'session.connect',
    ],
    ['another algorithm', jwt(openTok, { alg: 'none' }), 'Algorithm', 'HS256'],
    ['a project that is not text', jwt({ ...openTok, iss: { toString: 0 } }), 'Project', 'as text'],
    [
      'no signature',
      jwt(openTok).replace(/\.[^.]*$/, '.'),
      'Signature',
      'The signature is missing.',
    ],
    [
      'too much data',
      jwt({ ...openTok, connection_data: 'x'.repeat(1001) }),
      'Connection data',
      '1001 characters are more than 1000.',
    ],
    [
      'data that is not text',
      jwt({ ...openTok, connection_data: null }),
      'Connection data',
      'must be a text',
    ],
    [
      'data under another name',
      jwt({ ...openTok, data: 'x' }),
      'Connection data',
      'connection_data',
    ],
    [
      'an array of layout classes',
      jwt({ ...openTok, initial_layout_class_list: ['a'] }),
      'Layout classes',
      'one text',
    ],
    [
      'layout classes under another name',
      jwt({ ...openTok, initial_layout_list: 'a' }),
      'Layout classes',
      'initial_layout_class_list',
    ],
    [
      'too many layout classes',
      jwt({ ...openTok, initial_layout_class_list: 'x'.repeat(1001) }),
      'Layout classes',
      '1001',
    ],
    ['a Vonage token signed with HS256', jwt(vonage), 'Algorithm', 'RS256'],
    [
      'a malformed application id',
      jwt({ ...vonage, application_id: 'x' }, { alg: 'RS256' }),
      'Project',
      'UUID',
    ],
    [
      'an expired T1 token',
      t1({ ...t1Fields, create_time: 1, expire_time: 2 }),
      'Not expired',
      'Issue a new token',
    ],
    [
      'a T1 token in milliseconds',
      t1({ ...t1Fields, expire_time: 1_700_086_400_000 }),
      'Expiry time',
      'expire_time: 1700086400000 looks like milliseconds',
    ],
    [
      'a T1 signature of another kind',
      t1(t1Fields, 'A'.repeat(40)),
      'Signature',
      '40 lower-case hex digits',
    ],
  ])('%s', (_, token, rule, words) => {
    const faults = findFaults(token).filter(({ outcome }) => outcome === 'broken');
    const found = faults.find((fault) => fault.rule === rule);
    expect(found?.words).toContain(words);
    // A malformed application id and contradictory times break a second rule.
    const others = faults.filter((fault) => fault !== found).map((fault) => fault.rule);
    const follows = ['Issue time', 'Session'];
    expect(others.filter((other) => !follows.includes(other))).toEqual([]);
  });

  it.each<[what: string, token: string, rule: string]>([
    ['no role', jwt(without(openTok, 'role')), 'Role'],
    ['nbf ahead', jwt({ ...openTok, nbf: NOW_SECONDS + 60 }), 'Valid from the start'],
    ['no sub', jwt({ ...without(vonage, 'sub'), subject: 'video' }, { alg: 'RS256' }), 'Subject'],
    ['no acl', jwt(without(vonage, 'acl'), { alg: 'RS256' }), 'Access list'],
    ['a T1 token without expiry', t1(without(t1Fields, 'expire_time')), 'Expiry time'],
  ])('what the platform has accepted is a warning: %s', (_, token, rule) => {
    expect(findFaults(token)).toMatchObject([{ outcome: 'warning', rule }]);
  });

  it.each<[Signature | undefined, object[]]>([
    [undefined, []],
    ['valid', []],
    ['wrong-secret', [{ outcome: 'broken', words: expect.stringContaining('Wrong secret') }]],
    ['wrong-algorithm', [{ outcome: 'broken', words: expect.stringContaining('Wrong algorithm') }]],
    ['other-project', [{ outcome: 'warning', words: expect.stringContaining('Other project') }]],
  ])('judges a signature that is %s', (signature, expected) => {
    for (const token of [jwt(openTok), t1(t1Fields)]) {
      expect(findFaults(token, undefined, signature)).toMatchObject(expected);
    }
  });

  it('a token of another project is a warning', () => {
    const served = { kind: 'opentok', id: '654321' } as const;
    expect(findFaults(jwt(openTok), served)).toMatchObject([
      {
        outcome: 'warning',
        words: expect.stringContaining('This API serves 654321'),
      },
    ]);
  });

  it('recognizes a REST token', () => {
    const rest = {
      iss: '123456',
      ist: 'project',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 180,
      jti: 'x',
    };
    expect(findFaults(jwt(rest))[0]?.words).toContain('like tokens for the REST API');
  });
});

describe('recognize()', () => {
  const T1 = t1(t1Fields);
  const JWT = jwt(openTok);
  it.each<[what: string, wrap: (token: string) => string]>([
    ['alone', (token) => token],
    ['in quotes', (token) => `"${token}"`],
    ['after Bearer', (token) => `Bearer ${token}`],
    ['between spaces', (token) => `\n  ${token} \n`],
    ['between invisible characters', (token) => `\u200b${token}\ufeff\u2060`],
    ['broken into lines', (token) => token.replace(/.{60}/g, '$&\r\n  ')],
    ['in a header', (token) => `authorization: Bearer ${token}`],
    ['in quotes with Bearer', (token) => `'Bearer ${token}'`],
    [
      'in JSON',
      (token) => JSON.stringify({ sessionId: sessionIds.openTok, token, role: 'x' }, null, 2),
    ],
    ['in JSON in JSON', (token) => JSON.stringify({ body: JSON.stringify({ token }) })],
    ['in JSON with escaped slashes', (token) => `{"token":"${token.replaceAll('/', '\\/')}"}`],
    ['in JSON of PHP', (token) => `{"token":"${token.replaceAll('=', '\\u003d')}"}`],
    ['in a URL', (token) => `https://example.com/room?token=${token}&x=1`],
    ['in a URL, encoded', (token) => `https://example.com/?t=${encodeURIComponent(token)}#x`],
    ['in a URL, encoded twice', (token) => `?t=${encodeURIComponent(encodeURIComponent(token))}`],
    ['in a URL with a broken escape', (token) => `?x=100%&t=${encodeURIComponent(token)}`],
    [
      'in a log line',
      (token) => `2026-11-29T10:00:00Z www.example.com INFO token=${token}, role=x`,
    ],
    ['at the end of a sentence', (token) => `The token is ${token}.`],
    ['in JavaScript', (token) => `session.connect('${token}', (error) => {});`],
  ])('finds a token %s', (_, wrap) => {
    for (const token of [JWT, T1]) {
      expect(recognize(wrap(token))).toMatchObject({ kind: 'token', text: token });
    }
  });

  const invite = `stand.up.${'i'.repeat(16)}.${'s'.repeat(43)}`;
  it.each<[what: string, text: string, found: object]>([
    ['nothing', ' \n', { kind: 'nothing' }],
    ['a session id', sessionIds.openTok, { kind: 'session', sessionId: sessionIds.openTok }],
    ['a session id in JSON', `{"sessionId":"${sessionIds.openTok}"}`, { kind: 'session' }],
    ['a session id in a path', `/sessions/${sessionIds.openTok}/tokens`, { kind: 'session' }],
    ['an invite', invite, { kind: 'invite', invite, room: 'stand.up' }],
    ['the link of an invite', `https://x.test/#invite=${invite}`, { kind: 'invite', invite }],
    ['a damaged token', `token=${JWT.slice(0, 9)}!${JWT.slice(9)}`, { kind: 'unknown' }],
    ['a word', 'hello', { kind: 'unknown' }],
  ])('finds %s', (_, text, found) => {
    expect(recognize(text)).toMatchObject(found);
  });

  it('returns a result for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (text) => {
        expect(recognize(text).kind).toMatch(/^\w+$/);
      }),
    );
  });
});

describe('checkToken()', () => {
  it('returns broken rules first, then warnings', () => {
    const token = decodeToken(jwt({ ...without(openTok, 'role'), exp: 1_700_000_000_000 }));
    const outcomes = checkToken(token, { nowSeconds: NOW_SECONDS }).map(({ outcome }) => outcome);
    expect(outcomes.slice(0, 3)).toEqual(['broken', 'warning', 'kept']);
    expect(new Set(outcomes.slice(2))).toEqual(new Set(['kept']));
  });

  it('has a verdict for every broken rule, and tells the expiry first', () => {
    const claims = { ...without(openTok, 'ist'), iat: 1, exp: 2, role: 'x', scope: 'y' };
    const findings = checkToken(decodeToken(jwt(claims)), { nowSeconds: 200 });
    const verdicts = findings
      .filter(({ outcome }) => outcome === 'broken')
      .map(({ verdict }) => verdict);
    expect(verdicts).toEqual([
      'wrong scope',
      'expired 3 minutes ago',
      'wrong issuer type',
      'unknown role',
    ]);
  });

  it('expires a T1 token without expire_time 24 hours after it was created', () => {
    const token = decodeToken(t1(without(t1Fields, 'expire_time')));
    const verdictAt = (nowSeconds: number) => checkToken(token, { nowSeconds })[0]?.verdict;
    expect(verdictAt(NOW_SECONDS + DAY_SECONDS - 1)).toBeUndefined();
    expect(verdictAt(NOW_SECONDS + DAY_SECONDS)).toBe('expired less than a minute ago');
  });
});

describe('decoding', () => {
  it('reads T1 in base64url with padding, as one SDK writes it, and + for a space', () => {
    const data = 'session_id=x&connection_data=name%3DJ+h%26x%3F%3F%3F&create_time=1';
    const text = `partner_id=123456&sig=${'0'.repeat(40)}:${data}`;
    const standard = `T1==${Buffer.from(text).toString('base64')}`;
    for (const token of [standard, standard.replaceAll('+', '-').replaceAll('/', '_')]) {
      expect(decodeToken(token).claims).toMatchObject({ connection_data: 'name=J h&x???' });
    }
  });

  it('reads the token of another signer', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(vonage)}`;
    const signature = createSign('sha256').update(signed).sign(privateKey, 'base64url');
    expect(findFaults(`${signed}.${signature}`)).toEqual([]);
  });

  it('of any text returns a token or throws NotAToken', () => {
    const texts = fc.oneof(
      fc.string({ unit: codePoint }),
      fc.base64String().map((text) => `T1==${text}`),
      fc
        .tuple(fc.json(), fc.json())
        .map(
          (parts) => `${parts.map((part) => btoa(unescape(encodeURIComponent(part)))).join('.')}.x`,
        ),
      fc
        .dictionary(
          fc.constantFrom(...Object.keys(openTok), 'connection_data', 'nbf'),
          fc.jsonValue(),
        )
        .map((claims) => jwt(claims)),
      fc
        .dictionary(fc.constantFrom(...Object.keys(t1Fields)), fc.string())
        .map((fields) => t1(fields)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          for (const { detail } of checkToken(decodeToken(text), { nowSeconds: NOW_SECONDS })) {
            if (!/\S/.test(detail)) expect.fail('a rule has no text');
          }
        } catch (error) {
          expect(error).toBeInstanceOf(NotAToken);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('session ids', () => {
  it('are read as the functions read them', () => {
    const ids = fc.oneof(
      fc.constantFrom(...Object.values(sessionIds)),
      fc
        .tuple(fc.constantFrom('1_', '2_', '3_', ''), fc.string())
        .map(([prefix, text]) => toSessionId(text, prefix)),
      fc
        .array(fc.stringMatching(/^[\x20-\x7f]{0,12}$/), { maxLength: 8 })
        .map((parts) => toSessionId(`1~${parts.join('~')}`)),
      fc
        .tuple(
          fc.constantFrom(...Object.values(sessionIds)),
          fc.nat(120),
          fc.string({ maxLength: 2 }),
        )
        .map(([id, at, text]) => id.slice(0, at) + text + id.slice(at + 1)),
    );
    fc.assert(
      fc.property(ids, (id) => {
        expect(readSessionId(id)?.projectId).toBe(readProjectId(id));
      }),
      { numRuns: 1_000 },
    );
  });

  it('have a location and a time', () => {
    expect(readSessionId(sessionIds.openTok2025)).toEqual({
      projectId: '47665971',
      location: '',
      createdAt: '1739538894959',
    });
    expect(readSessionId(sessionIds.openTokWithLocation)?.location).toBe('12.34.56.78');
  });
});
