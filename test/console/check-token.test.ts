/** The inspector's rules: tokens of the real functions keep them all, and each kind of mistake is told. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkToken } from '../../console/inspect/check-token.ts';
import { cleanPasted } from '../../console/inspect/pasted.ts';
import { readSessionId } from '../../console/inspect/session-id.ts';
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

/** What is not kept, and how it is told. */
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

describe('a token of the functions keeps every rule', () => {
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
      'the longest life',
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

describe('one mistake breaks one rule, and the remedy is told', () => {
  it.each<[mistake: string, token: string, rule: string, words: string]>([
    ['no exp', jwt(without(openTok, 'exp')), 'It says when it ends', 'Write exp, at most 30 days'],
    [
      'exp in milliseconds',
      jwt({ ...openTok, exp: 1_700_086_400_000 }),
      'It says when it ends',
      'Divide by 1000',
    ],
    [
      'exp with a fraction',
      jwt({ ...openTok, exp: NOW_SECONDS + 0.5 }),
      'It says when it ends',
      'Round down',
    ],
    ['exp as text', jwt({ ...openTok, exp: '1700086400' }), 'It says when it ends', 'as a number'],
    [
      'over 30 days',
      jwt({ ...openTok, exp: NOW_SECONDS + MAX_TOKEN_SECONDS + 1 }),
      'It lives for 30 days at most',
      '30 days 00:00:01',
    ],
    [
      'expired now',
      jwt({ ...openTok, iat: NOW_SECONDS - 60, exp: NOW_SECONDS }),
      'It has not expired',
      'It ended at 2023-11-14 22:13:20 UTC',
    ],
    [
      'ends before it begins',
      jwt({ ...openTok, exp: NOW_SECONDS + 5, iat: NOW_SECONDS + 9 }),
      'It lives for 30 days at most',
      'later than it is made',
    ],
    [
      'made in the future',
      jwt({ ...openTok, iat: NOW_SECONDS + 1 }),
      'It says when it was made',
      'Set the clock',
    ],
    ['no iat', jwt(without(openTok, 'iat')), 'It says when it was made', 'whole seconds'],
    [
      'an unknown role',
      jwt({ ...openTok, role: 'admin' }),
      'Its role exists',
      'subscriber, publisher, moderator, publisheronly',
    ],
    ['a role in capitals', jwt({ ...openTok, role: 'Publisher' }), 'Its role exists', 'lower case'],
    [
      'a session id cut short',
      jwt({ ...openTok, session_id: sessionIds.openTok.slice(0, 20) }),
      'Its session is one of its project',
      'Take the id whole',
    ],
    [
      'a session of another project',
      jwt({ ...openTok, session_id: sessionIds.openTok2025 }),
      'Its session is one of its project',
      'The session is of project 47665971, the token of "123456".',
    ],
    [
      'a key within a longer one',
      jwt({ ...openTok, session_id: toSessionId('1~1234567~~1~x~') }),
      'Its session is one of its project',
      '1234567',
    ],
    [
      'a key that is a number',
      jwt({ ...openTok, iss: 123456 }),
      'It names its project',
      'as text and not as a number',
    ],
    ['no ist', jwt(without(openTok, 'ist')), 'It is a project’s token', 'It must be project.'],
    [
      'another scope',
      jwt({ ...openTok, scope: 'session.publish' }),
      'It is for clients',
      'session.connect',
    ],
    [
      'another algorithm',
      jwt(openTok, { alg: 'none' }),
      'The algorithm is the platform’s',
      'HS256',
    ],
    [
      'a project that is no text',
      jwt({ ...openTok, iss: { toString: 0 } }),
      'It names its project',
      'as text',
    ],
    [
      'no signature',
      jwt(openTok).replace(/\.[^.]*$/, '.'),
      'It is signed',
      'There is no signature.',
    ],
    [
      'too much data',
      jwt({ ...openTok, connection_data: 'x'.repeat(1001) }),
      'Its connection data fits',
      '1001 characters are more than 1000.',
    ],
    [
      'data that is no text',
      jwt({ ...openTok, connection_data: null }),
      'Its connection data fits',
      'must be a text',
    ],
    [
      'data under another name',
      jwt({ ...openTok, data: 'x' }),
      'Its connection data fits',
      'connection_data',
    ],
    [
      'an array of layout classes',
      jwt({ ...openTok, initial_layout_class_list: ['a'] }),
      'Its layout classes fit',
      'one text',
    ],
    [
      'layout classes under another name',
      jwt({ ...openTok, initial_layout_list: 'a' }),
      'Its layout classes fit',
      'initial_layout_class_list',
    ],
    [
      'too many layout classes',
      jwt({ ...openTok, initial_layout_class_list: 'x'.repeat(1001) }),
      'Its layout classes fit',
      '1001',
    ],
    ['a Vonage token signed with HS256', jwt(vonage), 'The algorithm is the platform’s', 'RS256'],
    [
      'an application id that is none',
      jwt({ ...vonage, application_id: 'x' }, { alg: 'RS256' }),
      'It names its project',
      'UUID',
    ],
    [
      'a T1 token past its end',
      t1({ ...t1Fields, create_time: 1, expire_time: 2 }),
      'It has not expired',
      'Issue a new one',
    ],
    [
      'a T1 token in milliseconds',
      t1({ ...t1Fields, expire_time: 1_700_086_400_000 }),
      'It says when it ends',
      'expire_time: 1700086400000 looks like milliseconds',
    ],
    [
      'a T1 signature of another kind',
      t1(t1Fields, 'A'.repeat(40)),
      'It is signed',
      '40 lower-case hex digits',
    ],
  ])('%s', (_, token, rule, words) => {
    const faults = findFaults(token).filter(({ outcome }) => outcome === 'broken');
    const told = faults.find((fault) => fault.rule === rule);
    expect(told?.words).toContain(words);
    // An application id that is none, and times that contradict each other, break a second rule.
    const others = faults.filter((fault) => fault !== told).map((fault) => fault.rule);
    const follows = ['It says when it was made', 'Its session is one of its project'];
    expect(others.filter((other) => !follows.includes(other))).toEqual([]);
  });

  it.each<[what: string, token: string, rule: string]>([
    ['no role', jwt(without(openTok, 'role')), 'Its role exists'],
    ['nbf ahead', jwt({ ...openTok, nbf: NOW_SECONDS + 60 }), 'It is good from the start'],
    [
      'no sub',
      jwt({ ...without(vonage, 'sub'), subject: 'video' }, { alg: 'RS256' }),
      'sub is video',
    ],
    ['no acl', jwt(without(vonage, 'acl'), { alg: 'RS256' }), 'acl lets it into sessions'],
    ['a T1 token without end', t1(without(t1Fields, 'expire_time')), 'It says when it ends'],
  ])('what the platform was seen to accept is doubtful: %s', (_, token, rule) => {
    expect(findFaults(token)).toMatchObject([{ outcome: 'warning', rule }]);
  });

  it.each<[Signature | undefined, object[]]>([
    [undefined, []],
    ['valid', []],
    ['wrong-secret', [{ outcome: 'broken', words: expect.stringContaining('Wrong secret') }]],
    ['wrong-algorithm', [{ outcome: 'broken', words: expect.stringContaining('Wrong algorithm') }]],
    ['other-project', [{ outcome: 'warning', words: expect.stringContaining('Other project') }]],
  ])('a signature that the secret calls %s', (signature, expected) => {
    for (const token of [jwt(openTok), t1(t1Fields)]) {
      expect(findFaults(token, undefined, signature)).toMatchObject(expected);
    }
  });

  it('a token of another project than the one served here is doubtful, not wrong', () => {
    const served = { kind: 'opentok', id: '654321' } as const;
    expect(findFaults(jwt(openTok), served)).toMatchObject([
      {
        outcome: 'warning',
        words: expect.stringContaining('the API on this machine serves 654321'),
      },
    ]);
  });

  it('a REST token is told to be one', () => {
    const rest = {
      iss: '123456',
      ist: 'project',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 180,
      jti: 'x',
    };
    expect(findFaults(jwt(rest))[0]?.words).toContain('as those for the REST API');
  });
});

describe('decoding', () => {
  it.each([
    ['quoted', (token: string) => `"${token}"`],
    ['after Bearer', (token: string) => `Bearer ${token}`],
    ['with space around', (token: string) => `\n  ${token} \n`],
    ['with what nobody sees around', (token: string) => `\u200b${token}\ufeff\u2060`],
    ['broken into lines', (token: string) => token.replace(/.{60}/g, '$&\r\n  ')],
    ['as the whole header', (token: string) => `authorization: Bearer ${token}`],
    ['quoted with Bearer', (token: string) => `'Bearer ${token}'`],
  ])('does not mind a token %s', (_, wrap) => {
    expect(decodeToken(cleanPasted(wrap(jwt(openTok)))).claims).toEqual(openTok);
  });

  it('reads T1 in base64url with padding, as one SDK writes it, and + for a space', () => {
    const data = 'session_id=x&connection_data=name%3DJ+h%26x%3F%3F%3F&create_time=1';
    const text = `partner_id=123456&sig=${'0'.repeat(40)}:${data}`;
    const standard = `T1==${Buffer.from(text).toString('base64')}`;
    for (const token of [standard, standard.replaceAll('+', '-').replaceAll('/', '_')]) {
      expect(decodeToken(token).claims).toMatchObject({ connection_data: 'name=J h&x???' });
    }
  });

  it('reads what another signer made', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(vonage)}`;
    const signature = createSign('sha256').update(signed).sign(privateKey, 'base64url');
    expect(findFaults(`${signed}.${signature}`)).toEqual([]);
  });

  it('of anything at all ends in a token or in words, never otherwise', () => {
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
            if (!/\S/.test(detail)) expect.fail('a rule says nothing');
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
  it('are judged as the functions judge them', () => {
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

  it('tell where and when they were made', () => {
    expect(readSessionId(sessionIds.openTok2025)).toEqual({
      projectId: '47665971',
      location: '',
      createdAt: '1739538894959',
    });
    expect(readSessionId(sessionIds.openTokWithLocation)?.location).toBe('12.34.56.78');
  });
});
