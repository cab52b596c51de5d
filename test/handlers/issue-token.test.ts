import { describe, expect, it } from 'vitest';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { readCreated, readProblem } from '../support/contract.ts';
import { REQUEST_ID, type StartOptions, startFunction } from '../support/drive.ts';
import { APPLICATION_ID, DAY_SECONDS, OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';
import { type HttpCall, type HttpEvent, httpApiEvent, httpDoors } from '../support/http-events.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { decodeJwt, verifyHs256, verifyRs256, verifyT1 } from '../support/verify-token.ts';

const start = closedAfterEach((options?: StartOptions) => startFunction('issueToken', options));

const sessionId = sessionIds.openTok;
const nowSeconds = () => Math.floor(Date.now() / 1000);

describe.each(httpDoors)('POST /sessions/{sessionId}/tokens through %s', (_door, buildEvent) => {
  it.each<[scenario: string, call: HttpCall]>([
    ['no body', {}],
    ['an empty object', { body: {} }],
    ['an empty object in base64', { body: {}, base64: true }],
  ])('issues a publisher token for 24 hours for %s', async (_scenario, call) => {
    const { invoke } = await start();
    const before = nowSeconds();
    const body = readCreated(await invoke(buildEvent({ sessionId, ...call })));
    const claims = verifyHs256(String(body['token']), OPENTOK_SECRET.apiSecret);
    expect(body).toEqual({
      token: expect.any(String),
      sessionId,
      role: 'publisher',
      expireTime: claims['exp'],
      apiKey: '123456',
    });
    expect(claims).toMatchObject({ session_id: sessionId, role: 'publisher' });
    expect(Number(claims['iat']) - before).toBeOneOf([0, 1]);
    expect(claims['exp']).toBe(Number(claims['iat']) + DAY_SECONDS);
  });

  it('issues a token with the requested fields', async () => {
    const { invoke } = await start();
    const body = {
      role: 'subscriber',
      expireTime: nowSeconds() + 600,
      data: 'Zoë 🎥',
      initialLayoutClassList: ['focus', 'é'],
    };
    const jwt = readCreated(await invoke(buildEvent({ sessionId, body })));
    expect(jwt).toMatchObject({ role: 'subscriber', expireTime: body.expireTime });
    expect(verifyHs256(String(jwt['token']), OPENTOK_SECRET.apiSecret)).toMatchObject({
      role: 'subscriber',
      exp: body.expireTime,
      connection_data: 'Zoë 🎥',
      initial_layout_class_list: 'focus é',
    });
    const request = { ...body, tokenType: 'T1' };
    const t1 = readCreated(await invoke(buildEvent({ sessionId, body: request, base64: true })));
    expect(verifyT1(String(t1['token']), OPENTOK_SECRET)).toMatchObject({
      role: 'subscriber',
      expire_time: String(body.expireTime),
      connection_data: 'Zoë 🎥',
      initial_layout_class_list: 'focus é',
    });
  });

  it.each<[scenario: string, call: HttpCall, status: number, type: string]>([
    ['another project', { sessionId: sessionIds.openTok2025 }, 404, 'session-not-found-error'],
    ['a malformed id', { sessionId: 'x' }, 400, 'validation-error'],
    ['a broken body', { sessionId, body: '{' }, 400, 'validation-error'],
    ['a session in the body', { sessionId, body: { sessionId } }, 400, 'validation-error'],
    ['an unknown role', { sessionId, body: { role: 'admin' } }, 400, 'validation-error'],
    ['an expiry in the past', { sessionId, body: { expireTime: 1 } }, 400, 'validation-error'],
    ['another method', { sessionId, method: 'PUT' }, 405, 'method-not-allowed-error'],
    ['32769 bytes', { sessionId, body: ' '.repeat(32_769) }, 413, 'payload-too-large-error'],
    [
      'a form',
      { sessionId, body: 'a=b', contentType: 'application/x-www-form-urlencoded' },
      415,
      'unsupported-media-type-error',
    ],
  ])('rejects %s', async (_scenario, call, status, type) => {
    const { invoke } = await start();
    const { problem } = readProblem(await invoke(buildEvent(call)));
    expect(problem).toMatchObject({ status, type: `urn:opentok-sessions:${type}` });
  });

  it('rejects a request without authentication', async () => {
    const { invoke } = await start();
    const event: HttpEvent = buildEvent({ sessionId });
    const { authorizer: _, identity: __, ...requestContext } = event['requestContext'] as HttpEvent;
    expect(readProblem(await invoke({ ...event, requestContext })).status).toBe(401);
  });

  it('reports all errors of the body at once', async () => {
    const { invoke } = await start();
    const body = { Role: 'publisher', role: null, data: 7, expireTime: Date.now() };
    const { problem } = readProblem(await invoke(buildEvent({ sessionId, body })));
    expect(problem).toMatchObject({ status: 400, detail: '4 fields are not valid.' });
    expect(problem.errors).toEqual([
      {
        pointer: '#/Role',
        detail: 'is not one of role, expireTime, data, initialLayoutClassList, tokenType',
      },
      {
        pointer: '#/role',
        detail: 'must be one of subscriber, publisher, moderator, publisheronly',
      },
      { pointer: '#/data', detail: 'must be a string' },
      {
        pointer: '#/expireTime',
        detail: 'looks like milliseconds; it must be whole seconds since the UNIX epoch',
      },
    ]);
  });
});

describe('issued tokens', () => {
  it('of a Vonage application are signed with its key', async () => {
    const { invoke } = await start({ secret: VONAGE_SECRET });
    const call = { sessionId: sessionIds.vonage };
    const body = readCreated(await invoke(httpApiEvent(call)));
    expect(body).toMatchObject({ applicationId: APPLICATION_ID, sessionId: sessionIds.vonage });
    expect(body).not.toHaveProperty('apiKey');
    expect(verifyRs256(String(body['token']), rsa.publicKey)).toMatchObject({
      application_id: APPLICATION_ID,
      exp: body['expireTime'],
      jti: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4/),
    });
  });

  it('of a Vonage application cannot be T1', async () => {
    const { invoke } = await start({ secret: VONAGE_SECRET });
    const call = { sessionId: sessionIds.vonage, body: { tokenType: 'T1' } };
    const { problem } = readProblem(await invoke(httpApiEvent(call)));
    expect(problem.errors).toMatchObject([{ pointer: '#/tokenType' }]);
  });

  it('are all different, also within a second', async () => {
    const { invoke } = await start();
    const tokens = new Set<unknown>();
    const nonces = new Set<unknown>();
    for (let i = 0; i < 50; i += 1) {
      const token = String(readCreated(await invoke(httpApiEvent({ sessionId })))['token']);
      tokens.add(token);
      nonces.add(decodeJwt(token).claims['nonce']);
    }
    expect([tokens.size, nonces.size]).toEqual([50, 50]);
    for (const nonce of nonces) expect(nonce).toSatisfy(Number.isSafeInteger);
  });

  it('need no call to the platform and one read of the secret', async () => {
    const { invoke, platform, secretsManager } = await start();
    await Promise.all(Array.from({ length: 10 }, () => invoke(httpApiEvent({ sessionId }))));
    expect(platform.counts.requests).toBe(0);
    expect(secretsManager.counts.requests).toBe(1);
  });
});

describe('a direct invocation of issueToken', () => {
  it('returns the token', async () => {
    const { invoke } = await start();
    const answer = (await invoke({ sessionId, role: 'moderator' })) as Record<string, unknown>;
    expect(answer).toMatchObject({ sessionId, role: 'moderator', apiKey: '123456' });
    const claims = verifyHs256(String(answer['token']), OPENTOK_SECRET.apiSecret);
    expect(claims).toMatchObject({ role: 'moderator', exp: answer['expireTime'] });
  });

  it.each<[scenario: string, event: unknown, name: string, message: string]>([
    [
      'no session',
      {},
      'ValidationError',
      'One field is not valid.\n#/sessionId must be a string: the id of the session that the token is for',
    ],
    [
      'a foreign session',
      { sessionId: sessionIds.openTok2025 },
      'SessionNotFoundError',
      'This project has no session of that id.',
    ],
    ['no event', null, 'ValidationError', 'One field is not valid.\n# must be a JSON object'],
  ])('throws an error with a published name for %s', async (_scenario, event, name, message) => {
    const { invoke } = await start();
    const thrown = await invoke(event).catch((error) => error);
    expect(thrown).toMatchObject({ name, message });
    expect(thrown.stack).toBe(`${name}: ${message.split('\n')[0]}`);
    expect(Object.getOwnPropertyNames(thrown).sort()).toEqual(['message', 'name', 'stack']);
  });
});

describe('the log of issueToken', () => {
  it('has one line per success, with role and session', async () => {
    const { invoke, logged } = await start();
    await invoke(httpApiEvent({ sessionId, body: { role: 'moderator' } }));
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        message: 'token issued',
        function: 'issueToken',
        source: 'http',
        requestId: REQUEST_ID,
        outcome: 'succeeded',
        durationMs: expect.any(Number),
        sessionId,
        role: 'moderator',
      },
    ]);
  });

  it('passes an object to the console if Lambda writes JSON', async () => {
    const { invoke, logged } = await start({ environment: { AWS_LAMBDA_LOG_FORMAT: 'JSON' } });
    await invoke({ sessionId });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^\{\n? *message: 'token issued'/);
  });

  it.each([
    ['OpenTok', OPENTOK_SECRET, sessionIds.openTok, OPENTOK_SECRET.apiSecret],
    ['Vonage', VONAGE_SECRET, sessionIds.vonage, VONAGE_SECRET.privateKey.slice(40, 80)],
  ])('never contains secret, token or data of %s', async (_name, secret, ownSessionId, hidden) => {
    const { invoke, logged } = await start({ secret });
    const data = 'data-of-a-connection';
    const requests = [
      { data },
      { data, tokenType: 'T1' },
      { data: data.repeat(60) },
      { data, role: data },
      { data: [data] },
      { data, initialLayoutClassList: [`${data} ${data}`] },
      { data, [data]: data },
    ];
    const secrets = [data, hidden];
    for (const request of requests) {
      for (const id of [ownSessionId, sessionIds.openTok2025]) {
        const answer = await invoke(httpApiEvent({ sessionId: id, body: request }));
        const direct = await invoke({ sessionId: id, ...request }).catch(() => ({}));
        const tokens = [JSON.parse((answer as { body: string }).body), direct].map(
          (body) => body.token,
        );
        secrets.push(...tokens.filter((token) => token !== undefined));
      }
    }
    await invoke(httpApiEvent({ sessionId: ownSessionId, body: `{"data":"${data}"` }));
    expect(logged).toHaveLength(requests.length * 4 + 1);
    expect(secrets.length).toBeGreaterThan(2);
    for (const text of secrets) expect(logged.join('\n')).not.toContain(text);
  });
});
