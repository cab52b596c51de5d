import { describe, expect, it } from 'vitest';
import type { Fault as StandInFault } from '../../stand-ins/faults.ts';
import { platformFaults, statusFault } from '../../stand-ins/platform-faults.ts';
import { secretFaults } from '../../stand-ins/secrets-manager.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { readCreated, readProblem } from '../support/contract.ts';
import { REQUEST_ID, type StartOptions, startFunction } from '../support/drive.ts';
import { APPLICATION_ID, OPENTOK_SECRET } from '../support/fixtures.ts';
import { type HttpCall, httpApiEvent, httpDoors } from '../support/http-events.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { controlEnvelope, sqsEvent } from '../support/message-events.ts';
import { verifyHs256, verifyRs256 } from '../support/verify-token.ts';

const start = closedAfterEach((options?: StartOptions) => startFunction('createSession', options));

const always = { times: Number.POSITIVE_INFINITY };
const archived = { mediaMode: 'routed', archiveMode: 'always' };
const plain = { mediaMode: 'relayed', archiveMode: 'manual', location: null, e2ee: false };

describe.each(httpDoors)('POST /sessions through %s', (_door, buildEvent) => {
  it.each<[scenario: string, call: HttpCall]>([
    ['no body', {}],
    ['an empty object', { body: {} }],
    ['an empty object in base64', { body: {}, base64: true }],
    ['an empty body', { body: '' }],
  ])('creates a relayed session for %s', async (_scenario, call) => {
    const { invoke, platform } = await start();
    const body = readCreated(await invoke(buildEvent(call)));
    expect(body).toEqual({ ...plain, sessionId: expect.stringMatching(/^1_/), apiKey: '123456' });
    expect(platform.requests).toMatchObject([
      { form: { 'p2p.preference': 'enabled', archiveMode: 'manual' } },
    ]);
  });

  it('creates a session with the requested options, from text or base64', async () => {
    const { invoke, platform } = await start();
    const request = { ...archived, location: '12.34.56.78', archiveName: 'Zoë 🎥' };
    for (const base64 of [false, true]) {
      const body = readCreated(await invoke(buildEvent({ body: request, base64 })));
      expect(body).toMatchObject(request);
    }
    expect(platform.requests.map(({ form }) => form['archiveName'])).toEqual(['Zoë 🎥', 'Zoë 🎥']);
  });

  it.each<[scenario: string, call: HttpCall, status: number, type: string]>([
    ['half a JSON', { body: '{"e2ee":' }, 400, 'validation-error'],
    ['a BOM', { body: '\ufeff{}' }, 400, 'validation-error'],
    ['bytes that are not UTF-8', { body: Buffer.from([0xff, 0xfe]) }, 400, 'validation-error'],
    ['an array', { body: [] }, 400, 'validation-error'],
    ['null', { body: 'null' }, 400, 'validation-error'],
    ['a wrong field', { body: { e2ee: 1 } }, 400, 'validation-error'],
    ['another method', { method: 'GET' }, 405, 'method-not-allowed-error'],
    ['32769 bytes', { body: ' '.repeat(32_769) }, 413, 'payload-too-large-error'],
    ['text', { body: {}, contentType: 'text/plain' }, 415, 'unsupported-media-type-error'],
  ])('rejects %s', async (_scenario, call, status, type) => {
    const { invoke, platform } = await start();
    const { problem } = readProblem(await invoke(buildEvent(call)));
    expect(problem).toMatchObject({ status, type: `urn:opentok-sessions:${type}` });
    expect(platform.requests).toHaveLength(0);
  });

  it('reports all errors of the body at once', async () => {
    const { invoke } = await start();
    const body = { mediaMode: null, archiveMode: 'always', location: 'eu', mediamode: 'routed' };
    const { problem } = readProblem(await invoke(buildEvent({ body })));
    expect(problem).toEqual({
      type: 'urn:opentok-sessions:validation-error',
      title: 'The request is not valid',
      status: 400,
      detail: '3 fields are not valid.',
      requestId: REQUEST_ID,
      errors: [
        {
          pointer: '#/mediamode',
          detail:
            'is not one of mediaMode, archiveMode, location, archiveName, archiveResolution, e2ee',
        },
        { pointer: '#/mediaMode', detail: 'must be one of relayed, routed' },
        {
          pointer: '#/location',
          detail: 'must be one IPv4 address, such as 203.0.113.7, or omitted',
        },
      ],
    });
  });
});

describe('a created session', () => {
  it.each<[scenario: string, request: object, described: object]>([
    ['relayed', { mediaMode: 'relayed' }, {}],
    ['routed', { mediaMode: 'routed' }, { mediaMode: 'routed' }],
    ['with a location', { location: '12.34.56.78' }, { location: '12.34.56.78' }],
    ['encrypted', { mediaMode: 'routed', e2ee: true }, { mediaMode: 'routed', e2ee: true }],
    [
      'archived, with the defaults named',
      archived,
      { ...archived, archiveName: null, archiveResolution: '640x480' },
    ],
    [
      'archived as asked for',
      { ...archived, archiveName: 'x', archiveResolution: '1920x1080' },
      { ...archived, archiveName: 'x', archiveResolution: '1920x1080' },
    ],
  ])('is returned with all of its options: %s', async (_scenario, request, described) => {
    const { invoke } = await start();
    const body = readCreated(await invoke(httpApiEvent({ body: request })));
    const sessionId = expect.stringMatching(/^1_/);
    expect(body).toEqual({ ...plain, ...described, sessionId, apiKey: '123456' });
  });

  it('of a Vonage application has its id', async () => {
    const { invoke, platform } = await start({ secret: VONAGE_SECRET });
    const body = readCreated(await invoke(httpApiEvent()));
    expect(body).toMatchObject({ ...plain, applicationId: APPLICATION_ID });
    expect(body).not.toHaveProperty('apiKey');
    const [, jwt = ''] = String(platform.requests[0]?.headers.authorization).split(' ');
    expect(verifyRs256(jwt, rsa.publicKey)).toHaveProperty('application_id', APPLICATION_ID);
  });

  it('is requested with a new JWT with a unique id', async () => {
    const { invoke, platform } = await start();
    const before = Math.floor(Date.now() / 1000);
    await invoke(httpApiEvent());
    await invoke(httpApiEvent());
    const after = Math.floor(Date.now() / 1000);
    const claims = platform.requests.map(({ headers }) =>
      verifyHs256(String(headers['x-opentok-auth']), OPENTOK_SECRET.apiSecret),
    );
    for (const { iat, exp } of claims) {
      expect(iat).toBeGreaterThanOrEqual(before);
      expect(iat).toBeLessThanOrEqual(after);
      expect(exp).toBe(Number(iat) + 180);
    }
    expect(claims[0]?.['jti']).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
    expect(claims[0]?.['jti']).not.toBe(claims[1]?.['jti']);
  });

  it('needs one connection and one read of the secret, for any number of sessions', async () => {
    const { invoke, platform, secretsManager } = await start();
    for (let i = 0; i < 4; i += 1) readCreated(await invoke(httpApiEvent()));
    expect(platform.counts).toEqual({ requests: 4, connections: 1 });
    expect(secretsManager.counts.requests).toBe(1);
  });
});

describe('if the platform fails', () => {
  it.each<[scenario: string, fault: StandInFault, status: number, type: string]>([
    ['refuses the request', platformFaults.badRequest, 502, 'platform-refused-error'],
    ['refuses the credentials', platformFaults.invalidSignature, 502, 'credentials-refused-error'],
    ['answers HTML', platformFaults.html, 502, 'platform-invalid-response-error'],
    [
      'answers with a foreign session',
      platformFaults.foreignSession,
      502,
      'platform-invalid-response-error',
    ],
    [
      'answers without end',
      { kind: 'huge-body', bytes: 1e9 },
      502,
      'platform-invalid-response-error',
    ],
    ['is overloaded', statusFault(429), 503, 'platform-unavailable-error'],
    ['is down', platformFaults.unavailable, 503, 'platform-unavailable-error'],
    ['resets every connection', { kind: 'reset' }, 503, 'platform-unavailable-error'],
    ['never answers', { kind: 'hang' }, 504, 'platform-timeout-error'],
    ['stops half-way', { kind: 'stall' }, 504, 'platform-timeout-error'],
  ])(
    'it %s: a problem over HTTP, an error with a published name directly',
    async (_scenario, fault, status, type) => {
      const { invoke, platform, logged } = await start();
      platform.fail(fault, always);
      // For a timeout, leaves the call a quarter of a second.
      const context = status === 504 ? { getRemainingTimeInMillis: () => 1_000 } : {};
      const { problem } = readProblem(await invoke(httpApiEvent(), context));
      expect(problem).toMatchObject({ status, type: `urn:opentok-sessions:${type}` });

      const thrown = await invoke({}, context).catch((error) => error);
      expect(`urn:opentok-sessions:${toKebab(thrown.name)}`).toBe(problem.type);
      expect(logged).toHaveLength(2);
      expect(JSON.parse(logged[0] ?? '')).toMatchObject({
        level: 'error',
        outcome: 'failed',
        status,
      });
    },
  );
});

const toKebab = (name: string) => name.replaceAll(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();

describe('if the credentials fail', () => {
  it.each<[scenario: string, options: StartOptions, reason: RegExp]>([
    ['SECRET_ID is missing', { environment: { SECRET_ID: undefined } }, /SECRET_ID/],
    ['VIDEO_API_URL is not a URL', { environment: { VIDEO_API_URL: 'api' } }, /VIDEO_API_URL/],
    ['the secret is not JSON', { secret: 'oops' }, /it is not JSON/],
    ['a field is missing', { secret: { apiKey: '1' } }, /apiSecret is missing/],
    [
      'the secret does not exist',
      { prepare: (sm) => sm.deleteSecret('opentok/project') },
      /ResourceNotFound/,
    ],
    [
      'access is denied',
      { prepare: (sm) => sm.fail(secretFaults.accessDenied, always) },
      /AccessDenied/,
    ],
  ])('%s: the response has the error, the log the reason', async (_scenario, options, reason) => {
    const { invoke, logged, platform } = await start(options);
    const { problem } = readProblem(await invoke(httpApiEvent()));
    expect(problem).toEqual({
      type: 'urn:opentok-sessions:configuration-error',
      title: 'The service is misconfigured',
      status: 500,
      detail: 'The service is misconfigured.',
      requestId: REQUEST_ID,
    });
    expect(JSON.parse(logged.at(-1) ?? '')).toMatchObject({
      level: 'error',
      fault: 'ConfigurationError',
      reason: expect.stringMatching(reason),
    });
    expect(platform.requests).toHaveLength(0);
  });

  it('Secrets Manager is unavailable: callers get 503, and succeed after the recovery', async () => {
    const { invoke, secretsManager } = await start({
      prepare: (sm) => sm.fail(secretFaults.internal, always),
    });
    const { problem, headers } = readProblem(await invoke(httpApiEvent()));
    expect(problem).toMatchObject({
      status: 503,
      type: 'urn:opentok-sessions:secret-unavailable-error',
    });
    expect(headers['retry-after']).toBe('1');
    secretsManager.recover();
    readCreated(await invoke(httpApiEvent()));
  });

  it('a container with a malformed secret works after its repair', async () => {
    const { invoke, secretsManager, platform } = await start({ secret: '{' });
    expect(readProblem(await invoke(httpApiEvent())).status).toBe(500);
    platform.setProject(OPENTOK_SECRET);
    secretsManager.setSecret('opentok/project', JSON.stringify(OPENTOK_SECRET));
    readCreated(await invoke(httpApiEvent()));
  });

  it('a deployment changes from OpenTok to Vonage by a new secret', async () => {
    const { invoke, secretsManager, platform } = await start();
    expect(readCreated(await invoke(httpApiEvent()))).toHaveProperty('apiKey');
    platform.setProject(VONAGE_SECRET);
    secretsManager.setSecret('opentok/project', JSON.stringify(VONAGE_SECRET));
    platform.fail(platformFaults.unauthorized);
    expect(readCreated(await invoke(httpApiEvent()))).toHaveProperty('applicationId');
  });
});

describe('a direct invocation of createSession', () => {
  it.each<[scenario: string, event: unknown, described: object]>([
    ['an empty event', {}, {}],
    ['requests', { mediaMode: 'routed', e2ee: true }, { mediaMode: 'routed', e2ee: true }],
  ])('accepts %s and returns the session', async (_scenario, event, described) => {
    const { invoke } = await start();
    const sessionId = expect.stringMatching(/^1_/);
    const answer = await invoke(event);
    expect(answer).toEqual({ ...plain, ...described, sessionId, apiKey: '123456' });
  });

  it.each<[scenario: string, event: unknown, message: string]>([
    ['a wrong field', { e2ee: null }, 'One field is not valid.\n#/e2ee must be true or false'],
    [
      'two wrong fields',
      { location: 'eu', x: 1 },
      '2 fields are not valid.\n#/x is not one of mediaMode, archiveMode, location, archiveName, archiveResolution, e2ee\n#/location must be one IPv4 address, such as 203.0.113.7, or omitted',
    ],
    ['null', null, 'One field is not valid.\n# must be a JSON object'],
    ['text', 'x', 'One field is not valid.\n# must be a JSON object'],
  ])('throws an error with a published name for %s', async (_scenario, event, message) => {
    const { invoke } = await start();
    const thrown = await invoke(event).catch((error) => error);
    expect(thrown).toMatchObject({ name: 'ValidationError', message });
    expect(thrown.stack).toBe(`ValidationError: ${message.split('\n')[0]}`);
    expect(Object.getOwnPropertyNames(thrown).sort()).toEqual(['message', 'name', 'stack']);
  });
});

describe('the log of createSession', () => {
  it('has one line per success', async () => {
    const { invoke, logged } = await start();
    const { sessionId } = readCreated(await invoke(httpApiEvent()));
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        message: 'session created',
        function: 'createSession',
        source: 'http',
        requestId: REQUEST_ID,
        outcome: 'succeeded',
        durationMs: expect.any(Number),
        sessionsCreated: 1,
        sessionId,
      },
    ]);
  });

  it("has one line per failure, at level info for the caller's mistakes", async () => {
    const { invoke, logged } = await start();
    await invoke({ e2ee: 'yes' }).catch(() => {});
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        message: 'The request is not valid',
        function: 'createSession',
        source: 'direct',
        requestId: REQUEST_ID,
        outcome: 'failed',
        status: 400,
        fault: 'ValidationError',
        durationMs: expect.any(Number),
      },
    ]);
  });

  it.each([
    ['OpenTok', OPENTOK_SECRET, OPENTOK_SECRET.apiSecret],
    ['Vonage', VONAGE_SECRET, VONAGE_SECRET.privateKey.slice(40, 80)],
  ])('never contains the secret or a JWT of %s', async (_name, secret, hidden) => {
    const { invoke, logged, platform } = await start({ secret });
    const context = { getRemainingTimeInMillis: () => 1_000 };
    await invoke(httpApiEvent(), context);
    for (const fault of Object.values(platformFaults)) {
      platform.fail(fault, always);
      await invoke(httpApiEvent(), context);
      await invoke({}, context).catch(() => {});
      platform.recover();
    }
    expect(logged.length).toBeGreaterThan(Object.keys(platformFaults).length);
    expect(logged.join('\n')).not.toContain(hidden);
    expect(logged.join('\n')).not.toContain('eyJ');
  });
});

describe('an event that is not a request', () => {
  it.each([
    ['a Lambda destination', { requestContext: { functionArn: 'arn:x' }, requestPayload: {} }],
    ['a WebSocket API', { requestContext: { connectionId: 'x', routeKey: '$connect' } }],
    ['VPC Lattice', { method: 'POST', path: '/', requestContext: { targetGroupArn: 'arn:x' } }],
    ['an Amazon Bedrock agent', { actionGroup: 'x', apiPath: '/sessions', httpMethod: 'POST' }],
  ])('fails the invocation instead of returning a response: %s', async (sender, event) => {
    for (const AUTH of ['iam', 'jwt', 'none']) {
      const { invoke, logged, platform } = await start({ environment: { AUTH } });
      await expect(invoke(event)).rejects.toMatchObject({
        name: 'ValidationError',
        message: expect.stringContaining(`of ${sender} is not supported`),
      });
      expect(platform.requests).toHaveLength(0);
      expect(JSON.parse(logged.at(-1) ?? '')).toMatchObject({
        source: 'unsupported',
        reason: expect.stringContaining(sender),
      });
    }
  });

  it('that confirms a subscription is logged without its token', async () => {
    const { invoke, logged, platform } = await start();
    const body = controlEnvelope('SubscriptionConfirmation');
    expect(await invoke(sqsEvent([{ id: 'sqs-1', body }]))).toEqual({ batchItemFailures: [] });
    expect(platform.requests).toHaveLength(0);
    const [notice, handled] = logged.map((line) => JSON.parse(line));
    expect(notice).toMatchObject({
      level: 'warn',
      message: 'not a request',
      source: 'sqs',
      reason: expect.stringContaining('arn:aws:sns:eu-west-1:123456789012:session-requests'),
    });
    expect(handled).toMatchObject({ message: 'messages handled', outcome: 'succeeded' });
    expect(logged.join()).not.toMatch(/2336412f37|https:/);
  });
});
