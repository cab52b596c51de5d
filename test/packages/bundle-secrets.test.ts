/**
 * The deployed bundle reads its secret over the real protocol: TLS, signed requests and the errors
 * that Secrets Manager answers with. Its AWS SDK lacks what deploy/esbuild.config.mjs leaves out, so what
 * holds for the SDK in node_modules has to be seen again in the bundle.
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

/** A process of its own, because Node reads NODE_EXTRA_CA_CERTS once, when it starts. */
const ONE_INVOCATION = `
  const [file, event] = process.argv.slice(1);
  console.error = console.log;
  const { handler } = await import(file);
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 10_000 };
  const answer = await handler(JSON.parse(event), context);
  console.log(JSON.stringify(answer));
  process.exit();
`;

/** A cold start and one request for a token. @returns the answer and the log's last line */
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

describe('the bundle, started cold', () => {
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

  it("signs with the session's token, as a role's credentials need", async () => {
    const { status } = await startCold({ AWS_SESSION_TOKEN: 'session-token' });
    expect(status).toBe(201);
    expect(standIn.requests[0]?.headers).toMatchObject({
      'x-amz-security-token': 'session-token',
      authorization: expect.stringContaining('x-amz-security-token'),
    });
  });

  it('passes the trace on', async () => {
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    await startCold({ AWS_LAMBDA_FUNCTION_NAME: 'issueToken', _X_AMZN_TRACE_ID: trace });
    expect(standIn.requests[0]?.headers['x-amzn-trace-id']).toBe(trace);
  });

  it.each<[scenario: string, fault: Fault]>([
    ['one connection is reset', { kind: 'reset' }],
    ['one call is throttled', secretFaults.throttling],
    ['one call fails inside the service', secretFaults.internal],
  ])('succeeds at the second try when %s', async (_scenario, fault) => {
    standIn.fail(fault);
    expect(await startCold()).toMatchObject({ status: 201 });
    expect(standIn.counts.requests).toBe(2);
  });

  it.each<[scenario: string, fault: Fault, type: string]>([
    ['the secret is not there', secretFaults.notFound, 'ResourceNotFoundException'],
    ['access is denied', secretFaults.accessDenied, 'AccessDeniedException'],
    ['the key refuses', secretFaults.decryptionFailure, 'DecryptionFailure'],
  ])('tells the operator, and the caller nothing, when %s', async (_scenario, fault, type) => {
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
    ['fails inside', secretFaults.internal],
    ['answers with half a body', { kind: 'truncated' }],
    ['answers with something else than HTTP', { kind: 'garbage' }],
  ])('asks the caller to come back when the service %s', async (_scenario, fault) => {
    standIn.fail(fault, always);
    const { status, log } = await startCold();
    expect(status).toBe(503);
    expect(log).toMatchObject({ fault: 'SecretUnavailableError' });
  });

  it('names the variables when there are no credentials', async () => {
    const { status, log } = await startCold({ AWS_ACCESS_KEY_ID: undefined });
    expect(status).toBe(503);
    expect(log.reason).toContain('environment variable');
    expect(standIn.counts.requests).toBe(0);
  });
});
