/** Operations of AWS over the real protocol, with GetSecretValue as the example. */
import {
  errorTypeRegistries,
  GetSecretValue$,
  type GetSecretValueCommandInput,
  type GetSecretValueCommandOutput,
  ResourceNotFoundException,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import { isThrottlingError } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import { isTransientAwsError } from '../../lib/network/aws-errors.ts';
import { type Aws, createAwsService } from '../../lib/network/aws-operation.ts';
import { createSigningClock } from '../../lib/network/aws-signing.ts';
import { awsError } from '../../stand-ins/aws-json.ts';
import type { Fault } from '../../stand-ins/faults.ts';
import { secretFaults, startSecretsManager } from '../../stand-ins/secrets-manager.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { createLocalAws } from '../support/local-aws.ts';

const input = { SecretId: 'opentok/project' };
const always = { times: Number.POSITIVE_INFINITY };
const policy = { maxRetries: 2, attemptTimeoutMs: 2_000, firstPauseMs: 10, longestPauseMs: 40 };
const start = closedAfterEach(() => startSecretsManager({ secrets: { [input.SecretId]: 'text' } }));

function open({ url }: { readonly url: string }, changed: Partial<Aws> = {}) {
  const protocol = new AwsJson1_1Protocol({
    defaultNamespace: 'com.amazonaws.secretsmanager',
    serviceTarget: 'secretsmanager',
    errorTypeRegistries,
  });
  const service = { endpoint: url, signingName: 'secretsmanager', protocol, policy };
  return createAwsService(
    createLocalAws(changed),
    service,
  )<GetSecretValueCommandInput, GetSecretValueCommandOutput>(GetSecretValue$);
}

const catchError = (run: Promise<unknown>) =>
  run.then(
    () => expect.fail('nothing was thrown'),
    (error: Error) => error,
  );

describe('createAwsService', () => {
  it('reads the environment for each call', async () => {
    const standIn = await start();
    let calls = 0;
    const { readEnvironment } = createLocalAws();
    const call = open(standIn, {
      readEnvironment: () => {
        calls += 1;
        return { ...readEnvironment(), sessionToken: `token-${calls}`, traceId: `Root=${calls}` };
      },
    });
    await call(input, 4_000);
    await call(input, 4_000);
    expect(standIn.requests.map(({ headers }) => headers['x-amz-security-token'])).toEqual([
      'token-1',
      'token-2',
    ]);
    expect(standIn.requests.map(({ headers }) => headers['x-amzn-trace-id'])).toEqual([
      'Root=1',
      'Root=2',
    ]);
  });

  it.each(['region', 'accessKeyId', 'secretAccessKey'])(
    'names the missing variables without %s, and sends no request',
    async (missing) => {
      const standIn = await start();
      const { readEnvironment } = createLocalAws();
      const call = open(standIn, {
        readEnvironment: () => ({ ...readEnvironment(), [missing]: undefined }),
      });
      const error = await catchError(call(input, 4_000));
      expect(error.message).toContain('AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
      expect(standIn.counts.requests).toBe(0);
    },
  );

  it('subtracts the time for signing from the timeout', async () => {
    const standIn = await start();
    const timeouts: number[] = [];
    const { send, timing } = createLocalAws();
    let nowMs = 0;
    const call = open(standIn, {
      // Each reading moves the clock.
      timing: { ...timing, now: () => (nowMs += 5) },
      send: (request) => {
        timeouts.push(request.timeoutMs);
        return send(request);
      },
    });
    await call(input, 2 * policy.attemptTimeoutMs);
    expect(timeouts).toEqual([policy.attemptTimeoutMs - 5]);
  });

  it.each(['/base', '/base/'])('signs for an endpoint with the path %s', async (path) => {
    const standIn = await start();
    expect(await open({ url: standIn.url + path })(input, 4_000)).toMatchObject({
      SecretString: 'text',
    });
  });

  it('throws the SDK’s class for the error name', async () => {
    const standIn = await start();
    const error = await catchError(open(standIn)({ SecretId: 'none' }, 4_000));
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
    expect(standIn.counts.requests).toBe(1);
  });

  it('throws the service’s base class for an unknown error name', async () => {
    const standIn = await start();
    standIn.fail({ kind: 'answer', ...awsError('com.amazonaws.x#BrandNewException', 'as worded') });
    const error = await catchError(open(standIn)(input, 4_000));
    expect(error).toBeInstanceOf(SecretsManagerServiceException);
    expect(error).toMatchObject({ name: 'BrandNewException', message: 'as worded' });
  });

  it.each<[scenario: string, fault: Fault]>([
    ['the connection is reset', { kind: 'reset' }],
    ['the response is incomplete', { kind: 'truncated' }],
    ['the response is not HTTP', { kind: 'garbage' }],
    ['the response is not JSON', { kind: 'answer', status: 200, body: '<html>' }],
    ['the response is empty', { kind: 'answer', status: 200, body: '' }],
    ['the response is null', { kind: 'answer', status: 200, body: 'null' }],
    [
      'the response is an array',
      { kind: 'answer', status: 200, body: '[{"SecretString":"text"}]' },
    ],
    ['the response is a string', { kind: 'answer', status: 200, body: '"SecretString"' }],
    ['the response has no content', { kind: 'answer', status: 204 }],
    ['the response is partial', { kind: 'answer', status: 206, body: '{"SecretString":"te"}' }],
    ['a proxy returns an error', { kind: 'answer', status: 502, body: '' }],
    ['a proxy returns an HTML page', { kind: 'answer', status: 503, body: '<html>' }],
    ['the call is throttled', secretFaults.throttling],
    ['too many requests were sent', { kind: 'answer', ...awsError('Unheard', 'x', 429) }],
    ['the service fails internally', secretFaults.internal],
  ])('makes up to three attempts if %s', async (_scenario, fault) => {
    const standIn = await start();
    standIn.fail(fault, { times: 2 });
    expect(await open(standIn)(input, 4_000)).toMatchObject({ SecretString: 'text' });
    expect(standIn.counts.requests).toBe(3);
    standIn.fail(fault, { times: 3 });
    await catchError(open(standIn)(input, 4_000));
    expect(standIn.counts.requests).toBe(6);
  });

  it.each<[scenario: string, fault: Fault]>([
    ['access is denied', secretFaults.accessDenied],
    ['the credentials have expired', { kind: 'answer', ...awsError('ExpiredTokenException', 'x') }],
    ['the response is endless', { kind: 'huge-body', bytes: Number.MAX_SAFE_INTEGER }],
  ])('does not retry if %s', async (_scenario, fault) => {
    const standIn = await start();
    standIn.fail(fault, always);
    await catchError(open(standIn)(input, 4_000));
    expect(standIn.counts.requests).toBe(1);
  });

  it('accepts a secret of 64 KiB in which JSON escapes every character', async () => {
    const standIn = await start();
    const text = '\u0007'.repeat(65_536);
    standIn.setSecret(input.SecretId, text);
    expect((await open(standIn)(input, 4_000)).SecretString).toBe(text);
  });

  it.each(['not-json-1234567890', '{"SecretString":1234567890', '"1234567890"x', '[1234567890'])(
    'quotes nothing of a response that does not parse: %s',
    async (body) => {
      const standIn = await start();
      for (const status of [200, 400, 500]) {
        standIn.recover();
        standIn.fail({ kind: 'answer', status, body }, always);
        const error = await catchError(open(standIn)(input, 4_000));
        expect(error.message).toBe(`the response is not valid JSON (status ${status})`);
        expect(JSON.stringify([error, error.stack, error.cause])).not.toContain('1234567890');
      }
    },
  );
});

describe('createSigningClock', () => {
  it.each([
    ['an hour behind', -3_600_000],
    ['an hour ahead', 3_600_000],
  ])('is corrected by the first error response: %s', async (_scenario, skewMs) => {
    const standIn = await start();
    const signingClock = createSigningClock(() => Date.now() + skewMs);
    const call = open(standIn, { signingClock });
    expect(await call(input, 4_000)).toMatchObject({ SecretString: 'text' });
    expect(standIn.counts.requests).toBe(2);
    await call(input, 4_000);
    expect(standIn.counts.requests).toBe(3);
  });

  it('does not retry a signature that is wrong for another reason', async () => {
    const standIn = await start();
    const { readEnvironment } = createLocalAws();
    const call = open(standIn, {
      readEnvironment: () => ({ ...readEnvironment(), secretAccessKey: 'another' }),
    });
    expect(await catchError(call(input, 4_000))).toMatchObject({
      name: 'InvalidSignatureException',
    });
    expect(standIn.counts.requests).toBe(1);
  });

  it.each([
    [239_000, false],
    [240_000, true],
  ])('corrects a clock that is %i ms off: %s', (skewMs, isWrong) => {
    const clock = createSigningClock(() => 0);
    expect(clock.correct(new Date(skewMs).toUTCString())).toBe(isWrong);
    expect(clock.now()).toBe(isWrong ? skewMs : 0);
  });

  it.each([
    ...[undefined, '', 'yesterday', '0', '12', 'Mon, 01 Jan 10000 00:00:00 GMT'],
    ...['Sat, 13 Sep 275760 00:00:00 GMT', 'Mon, 99 Jan 2040 00:00:00 GMT'],
  ])('ignores the malformed date %j', (date) => {
    const clock = createSigningClock(() => 0);
    expect(clock.correct(date)).toBe(false);
    expect(clock.now()).toBe(0);
  });
});

describe('isTransientAwsError', () => {
  it.each([
    'BandwidthLimitExceeded',
    'LimitExceededException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'RequestThrottledException',
    'SlowDown',
    'ThrottledException',
    'Throttling',
    'ThrottlingException',
    'TooManyRequestsException',
    'AccessDeniedException',
    'ResourceNotFoundException',
    'InternalServerError',
  ])('agrees with the SDK about throttling: %s', (name) => {
    const error = Object.assign(new Error(), { name, $metadata: { httpStatusCode: 400 } });
    expect(isTransientAwsError(error)).toBe(isThrottlingError(error as SdkError));
  });

  it('holds for a write that conflicts with one in another region, which was not applied', () => {
    const name = 'ReplicatedWriteConflictException';
    const error = Object.assign(new Error(), { name, $metadata: { httpStatusCode: 400 } });
    expect(isTransientAwsError(error)).toBe(true);
  });
});
