/**
 * Reading the secret in the deployed bundle, over the real protocol: TLS, signed requests and errors of
 * Secrets Manager. The bundle's AWS SDK lacks what deploy/esbuild.config.mjs omits, so tests of the SDK in
 * node_modules do not cover it.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import type { Fault } from '../../stand-ins/faults.ts';
import {
  type SecretsManager,
  secretFaults,
  startSecretsManager,
} from '../../stand-ins/secrets-manager.ts';
import { testCertificatePath } from '../../stand-ins/test-certificate.ts';
import { OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';
import { httpApiEvent } from '../support/http-events.ts';
import { verifyHs256 } from '../support/verify-token.ts';

const SECRET_ID = 'opentok/project';
const always = { times: Number.POSITIVE_INFINITY };

let standIn: SecretsManager;
beforeEach(async () => {
  standIn = await startSecretsManager({
    secrets: { [SECRET_ID]: JSON.stringify(OPENTOK_SECRET) },
    tls: true,
  });
});
afterEach(() => standIn.close());

/** Runs in a separate process, because Node reads NODE_EXTRA_CA_CERTS only at its start. */
const ONE_INVOCATION = `
  const [file, event] = process.argv.slice(1);
  console.error = console.log;
  const { handler } = await import(file);
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 10_000 };
  const answer = await handler(JSON.parse(event), context);
  console.log(JSON.stringify(answer));
  process.exit();
`;

/** Runs a cold start and one token request. Returns the response and the last log line. */
async function startCold(environment: Record<string, string | undefined> = {}) {
  const { handlerFile = '' } = inject('packaged').functions['issueToken'] ?? {};
  const event = JSON.stringify(httpApiEvent({ sessionId: sessionIds.openTok }));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', ONE_INVOCATION, handlerFile, event],
    {
      env: {
        ...localAwsEnvironment({ secretsManager: standIn.url }),
        SECRET_ID,
        NODE_EXTRA_CA_CERTS: testCertificatePath,
        ...environment,
      },
    },
  );
  const [log = {}, answer = {}] = stdout
    .trim()
    .split('\n')
    .slice(-2)
    .map((line) => JSON.parse(line));
  return { log, status: answer.statusCode, body: JSON.parse(answer.body) };
}

describe('the bundle at a cold start', () => {
  it('reads the secret in one signed call and issues a token that verifies', async () => {
    const { status, body } = await startCold();
    expect(status).toBe(201);
    expect(verifyHs256(body.token, OPENTOK_SECRET.apiSecret)).toMatchObject({
      iss: OPENTOK_SECRET.apiKey,
      session_id: sessionIds.openTok,
    });
    expect(standIn.requests).toMatchObject([
      { operation: 'GetSecretValue', input: { SecretId: SECRET_ID } },
    ]);
  });

  it('signs with the session token of role credentials', async () => {
    const { status } = await startCold({ AWS_SESSION_TOKEN: 'session-token' });
    expect(status).toBe(201);
    expect(standIn.requests[0]?.headers).toMatchObject({
      'x-amz-security-token': 'session-token',
      authorization: expect.stringContaining('x-amz-security-token'),
    });
  });

  it('sends the trace header', async () => {
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    await startCold({ AWS_LAMBDA_FUNCTION_NAME: 'issueToken', _X_AMZN_TRACE_ID: trace });
    expect(standIn.requests[0]?.headers['x-amzn-trace-id']).toBe(trace);
  });

  it.each<[scenario: string, fault: Fault]>([
    ['one connection is reset', { kind: 'reset' }],
    ['one call is throttled', secretFaults.throttling],
    ['one call fails inside the service', secretFaults.internal],
  ])('succeeds at the second attempt if %s', async (_scenario, fault) => {
    standIn.fail(fault);
    expect(await startCold()).toMatchObject({ status: 201 });
    expect(standIn.counts.requests).toBe(2);
  });

  it.each<[scenario: string, fault: Fault, type: string]>([
    ['the secret does not exist', secretFaults.notFound, 'ResourceNotFoundException'],
    ['access is denied', secretFaults.accessDenied, 'AccessDeniedException'],
    ['the key denies decryption', secretFaults.decryptionFailure, 'DecryptionFailure'],
  ])('logs the reason and returns 500 without details if %s', async (_scenario, fault, type) => {
    standIn.fail(fault, always);
    const { status, body, log } = await startCold();
    expect(status).toBe(500);
    expect(body.detail).toBe('The service is misconfigured.');
    expect(log).toMatchObject({
      fault: 'ConfigurationError',
      reason: expect.stringContaining(`${type}: `),
    });
  });

  it.each<[scenario: string, fault: Fault]>([
    ['resets every connection', { kind: 'reset' }],
    ['throttles every call', secretFaults.throttling],
    ['returns internal errors', secretFaults.internal],
    ['sends half a response', { kind: 'truncated' }],
    ['sends bytes that are not HTTP', { kind: 'garbage' }],
  ])('returns 503 if the service %s', async (_scenario, fault) => {
    standIn.fail(fault, always);
    const { status, log } = await startCold();
    expect(status).toBe(503);
    expect(log).toMatchObject({ fault: 'SecretUnavailableError' });
  });

  it('names the variables if there are no credentials', async () => {
    const { status, log } = await startCold({ AWS_ACCESS_KEY_ID: undefined });
    expect(status).toBe(503);
    expect(log.reason).toContain('environment variable');
    expect(standIn.counts.requests).toBe(0);
  });
});
