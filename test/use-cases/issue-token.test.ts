import { describe, expect, it } from 'vitest';
import { parseCredentials } from '../../lib/credentials/credentials.ts';
import { TRUSTED } from '../../lib/domain/access.ts';
import { parseDirectTokenRequest } from '../../lib/domain/token-request.ts';
import { createTokenIssuer } from '../../lib/use-cases/issue-token.ts';
import { catchFault, catchFieldErrors } from '../support/faults.ts';
import {
  APPLICATION_ID,
  DAY_SECONDS,
  NOW_MS,
  NOW_SECONDS,
  OPENTOK_SECRET,
  sessionIds,
  toSessionId,
} from '../support/fixtures.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { verifyHs256, verifyRs256, verifyT1 } from '../support/verify-token.ts';

const UUID = '6e1f7f0c-9c3f-4d0e-8f5a-0f2f0e3d1c2b';
const MAX_TOKEN_SECONDS = 30 * DAY_SECONDS;

/**
 * Issues a token for a trusted caller, at a fixed time and without randomness.
 * @param waitedMs how long reading the secret takes
 */
async function issue(request: object, secret: object = OPENTOK_SECRET, waitedMs = 0) {
  const credentials = await parseCredentials(JSON.stringify(secret));
  const limits = { nowSeconds: NOW_SECONDS, maxTokenSeconds: MAX_TOKEN_SECONDS };
  let nowMs = NOW_MS;
  return createTokenIssuer({
    projectSecret: {
      get: async () => {
        nowMs += waitedMs;
        return credentials;
      },
    },
    now: () => nowMs,
    newTokenIds: () => ({ nonce: 123_456_789, jti: UUID }),
  })(parseDirectTokenRequest(request, limits), {
    ...limits,
    requestId: 'request',
    caller: TRUSTED,
    remainingMs: () => 10_000,
  });
}

describe('a token of an OpenTok project', () => {
  it('is returned with the fields that a client needs to connect', async () => {
    const { token, ...rest } = await issue({ sessionId: sessionIds.openTok });
    expect(rest).toEqual({
      sessionId: sessionIds.openTok,
      role: 'publisher',
      expireTime: NOW_SECONDS + DAY_SECONDS,
      apiKey: '123456',
    });
    expect(verifyHs256(token, OPENTOK_SECRET.apiSecret)).toEqual({
      iss: '123456',
      ist: 'project',
      scope: 'session.connect',
      session_id: sessionIds.openTok,
      role: 'publisher',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + DAY_SECONDS,
      nonce: 123_456_789,
    });
  });

  it('contains every requested field', async () => {
    const { token, ...rest } = await issue({
      sessionId: sessionIds.openTok,
      role: 'moderator',
      expireTime: NOW_SECONDS + 60,
      data: 'name=J h&x',
      initialLayoutClassList: ['focus', 'full'],
      tokenType: 'JWT',
    });
    expect(rest).toMatchObject({ role: 'moderator', expireTime: NOW_SECONDS + 60 });
    expect(verifyHs256(token, OPENTOK_SECRET.apiSecret)).toMatchObject({
      role: 'moderator',
      exp: NOW_SECONDS + 60,
      connection_data: 'name=J h&x',
      initial_layout_class_list: 'focus full',
    });
  });

  it('equals the reference vector in format T1', async () => {
    const { token } = await issue({
      sessionId: sessionIds.openTok,
      tokenType: 'T1',
      data: 'name=J h&x',
      initialLayoutClassList: ['focus', 'full'],
    });
    expect(token).toMatch(/^T1==cGFydG5lcl9pZD0xMjM0NTYmc2lnPWFjYTg3MmEy/);
    expect(token).toMatch(/JTIwZnVsbA==$/);
    expect(Buffer.from(token.slice(4), 'base64').toString()).toBe(
      `partner_id=123456&sig=aca872a259a9f66831f54dfdd78a12d2f21120c7:session_id=${sessionIds.openTok}&create_time=1700000000&expire_time=1700086400&nonce=123456789&role=publisher&connection_data=name%3DJ%20h%26x&initial_layout_class_list=focus%20full`,
    );
    expect(verifyT1(token, OPENTOK_SECRET)).toEqual({
      session_id: sessionIds.openTok,
      create_time: '1700000000',
      expire_time: '1700086400',
      nonce: '123456789',
      role: 'publisher',
      connection_data: 'name=J h&x',
      initial_layout_class_list: 'focus full',
    });
  });

  it.each(['subscriber', 'publisher', 'moderator', 'publisheronly'])(
    'contains the role %s in both formats',
    async (role) => {
      const request = { sessionId: sessionIds.openTok, role };
      const jwt = await issue(request);
      expect(verifyHs256(jwt.token, OPENTOK_SECRET.apiSecret)['role']).toBe(role);
      const t1 = await issue({ ...request, tokenType: 'T1' });
      expect(verifyT1(t1.token, OPENTOK_SECRET)['role']).toBe(role);
      expect([jwt.role, t1.role]).toEqual([role, role]);
    },
  );

  it.each(['JWT', 'T1'])('contains an expiry by default (%s)', async (tokenType) => {
    const request = { sessionId: sessionIds.openTok, tokenType };
    for (const expireTime of [undefined, 0]) {
      const answer = await issue(expireTime === undefined ? request : { ...request, expireTime });
      const carried =
        tokenType === 'JWT'
          ? verifyHs256(answer.token, OPENTOK_SECRET.apiSecret)['exp']
          : Number(verifyT1(answer.token, OPENTOK_SECRET)['expire_time']);
      expect(carried).toBe(NOW_SECONDS + DAY_SECONDS);
      expect(answer.expireTime).toBe(carried);
    }
  });
});

describe('a token of a Vonage application', () => {
  it('is returned with the fields that a client needs to connect', async () => {
    const { token, ...rest } = await issue(
      { sessionId: sessionIds.vonage, data: 'x', initialLayoutClassList: ['a', 'b'] },
      VONAGE_SECRET,
    );
    expect(rest).toEqual({
      sessionId: sessionIds.vonage,
      role: 'publisher',
      expireTime: NOW_SECONDS + DAY_SECONDS,
      applicationId: APPLICATION_ID,
    });
    expect(verifyRs256(token, rsa.publicKey)).toEqual({
      application_id: APPLICATION_ID,
      scope: 'session.connect',
      session_id: sessionIds.vonage,
      role: 'publisher',
      sub: 'video',
      acl: { paths: { '/session/**': {} } },
      jti: UUID,
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + DAY_SECONDS,
      connection_data: 'x',
      initial_layout_class_list: 'a b',
    });
  });

  it('matches the UUID in session and secret regardless of case', async () => {
    const sessionId = toSessionId(`1~${APPLICATION_ID.toUpperCase()}~~1~x~~`);
    const applicationId = APPLICATION_ID.replace('f', 'F');
    const answer = await issue({ sessionId }, { ...VONAGE_SECRET, applicationId });
    expect(answer).toMatchObject({ sessionId, applicationId: APPLICATION_ID });
  });

  it('cannot be a T1 token', async () => {
    const request = { sessionId: sessionIds.vonage, tokenType: 'T1' };
    expect(await catchFieldErrors(() => issue(request, VONAGE_SECRET))).toEqual([
      { pointer: '#/tokenType', detail: 'must be JWT: Vonage applications have no T1 tokens' },
    ]);
  });
});

describe('the session of a token', () => {
  const forKey = (apiKey: string) => ({ ...OPENTOK_SECRET, apiKey });

  it.each([
    [sessionIds.openTok, forKey('123456')],
    [sessionIds.openTokWithLocation, forKey('123456')],
    [sessionIds.openTok2019, forKey('27086612')],
    [sessionIds.openTok2025, forKey('47665971')],
    [sessionIds.vonage, VONAGE_SECRET],
  ])('can be %s of the same project', async (sessionId, secret) => {
    expect(await issue({ sessionId }, secret)).toMatchObject({ sessionId });
  });

  it.each([
    ['a key without its last digit', sessionIds.openTok, forKey('12345')],
    ['a key without its first digit', sessionIds.openTok, forKey('23456')],
    ['a key with a digit more', sessionIds.openTok, forKey('1234567')],
    ['a key with a zero before it', sessionIds.openTok, forKey('0123456')],
    ['a key that stands in its timestamp', sessionIds.openTok2025, forKey('1739538894959')],
    ['a key that stands in its random part', sessionIds.openTok, forKey('49013025')],
    ['a key that is its version', sessionIds.openTok, forKey('1')],
    ['another key', sessionIds.openTok2019, forKey('123456')],
    ['a Vonage application', sessionIds.openTok, VONAGE_SECRET],
    ['an OpenTok project', sessionIds.vonage, forKey('29')],
    [
      'another application',
      sessionIds.vonage,
      { ...VONAGE_SECRET, applicationId: APPLICATION_ID.replace(/.$/, 'e') },
    ],
  ])('is unknown to %s', async (_scenario, sessionId, secret) => {
    const fault = await catchFault(() => issue({ sessionId }, secret));
    expect(fault).toMatchObject({
      name: 'SessionNotFoundError',
      status: 404,
      message: 'This project has no session of that id.',
      errors: undefined,
      reason: undefined,
    });
  });
});

describe('a malformed session id', () => {
  it.each([
    ['empty', ''],
    ['not base64url', '1_!!'],
    ['corrupted', '2_MX2xMDB-flR1ZSBOb3Y'],
    ['too short of fields', '1_MX4xMDB-MC43NjAyOTYyfg'],
    ['without a project', toSessionId('1~~~1~x~~')],
    ['followed by a space', `${sessionIds.openTok} `],
  ])('is rejected as malformed: %s', async (_scenario, sessionId) => {
    const fault = await catchFault(() => issue({ sessionId }));
    expect(fault).toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(/^The session id is malformed\..*exactly as it was returned/),
    });
  });
});

describe('an expiry that passes while the secret is read', () => {
  const { openTok: sessionId } = sessionIds;
  const untilExpiryMs = (NOW_SECONDS + 3) * 1000 - NOW_MS;

  it.each(['JWT', 'T1'])('is rejected, and no token is signed: %s', async (tokenType) => {
    const request = { sessionId, tokenType, expireTime: NOW_SECONDS + 3 };
    const errors = await catchFieldErrors(() => issue(request, OPENTOK_SECRET, untilExpiryMs));
    expect(errors).toEqual([
      { pointer: '#/expireTime', detail: `must be later than now (${NOW_SECONDS + 3})` },
    ]);
  });

  it('can be one second later', async () => {
    const request = { sessionId, expireTime: NOW_SECONDS + 3 };
    const { token } = await issue(request, OPENTOK_SECRET, untilExpiryMs - 1);
    const claims = verifyHs256(token, OPENTOK_SECRET.apiSecret);
    expect(claims).toMatchObject({ iat: NOW_SECONDS, exp: NOW_SECONDS + 3 });
  });

  it('does not affect a default expiry', async () => {
    const { expireTime } = await issue({ sessionId, expireTime: 0 }, OPENTOK_SECRET, 9_000);
    expect(expireTime).toBe(NOW_SECONDS + DAY_SECONDS);
  });
});
