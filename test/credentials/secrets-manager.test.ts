import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretReader } from '../../lib/credentials/secrets-manager.ts';
import { awsError } from '../../stand-ins/aws-json.ts';
import type { Fault as StandInFault } from '../../stand-ins/faults.ts';
import {
  type SecretsManager,
  secretFaults,
  startSecretsManager,
} from '../../stand-ins/secrets-manager.ts';
import { catchFault } from '../support/faults.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { createLocalAws } from '../support/local-aws.ts';

const NAME = 'opentok/project';
const TEXT = JSON.stringify(OPENTOK_SECRET);
const always = { times: Number.POSITIVE_INFINITY };

let standIn: SecretsManager;
beforeEach(async () => {
  standIn = await startSecretsManager({ secrets: { [NAME]: TEXT } });
});
afterEach(async () => {
  await standIn.close();
});

/** Much longer than any of these tests takes. */
const PATIENCE_MS = 4_000;
const read = (secretId: string, timeoutMs = PATIENCE_MS) =>
  createSecretReader(createLocalAws(), standIn.url)(secretId, timeoutMs);

describe('reading a secret', () => {
  it('reads it by name, in one signed call', async () => {
    expect(await read(NAME)).toBe(TEXT);
    expect(standIn.requests).toMatchObject([
      { operation: 'GetSecretValue', input: { SecretId: NAME } },
    ]);
  });

  it('reads it by ARN', async () => {
    expect(await read(standIn.arnOf(NAME))).toBe(TEXT);
  });

  it('returns a new value at the next read', async () => {
    const readAgain = createSecretReader(createLocalAws(), standIn.url);
    await readAgain(NAME, PATIENCE_MS);
    standIn.setSecret(NAME, 'new');
    expect(await readAgain(NAME, PATIENCE_MS)).toBe('new');
  });

  it('keeps its connection open', async () => {
    const readAgain = createSecretReader(createLocalAws(), standIn.url);
    for (let i = 0; i < 3; i += 1) await readAgain(NAME, PATIENCE_MS);
    expect(standIn.counts).toEqual({ requests: 3, connections: 1 });
  });

  it.each<[scenario: string, fault: StandInFault]>([
    ['one connection is reset', { kind: 'reset' }],
    ['one call is throttled', secretFaults.throttling],
    ['one call fails inside the service', secretFaults.internal],
  ])('succeeds at the second attempt if %s', async (_scenario, fault) => {
    standIn.fail(fault);
    expect(await read(NAME)).toBe(TEXT);
    expect(standIn.counts.requests).toBe(2);
  });

  it.each([
    'AccessDeniedException',
    'DecryptionFailure',
    'IncompleteSignature',
    'InvalidParameterException',
    'InvalidRequestException',
    'InvalidSignatureException',
    'ResourceNotFoundException',
    'UnrecognizedClientException',
    'ValidationException',
  ])('treats %s as a wrong configuration, without a retry', async (type) => {
    standIn.fail({ kind: 'answer', ...awsError(type, 'as AWS words it') }, always);
    const fault = await catchFault(() => read(NAME));
    expect(fault).toMatchObject({
      name: 'ConfigurationError',
      message: 'The service is misconfigured.',
      reason: `Reading the secret ${NAME} failed: ${type}: as AWS words it`,
    });
    expect(standIn.counts.requests).toBe(1);
  });

  it('has a reason if the secret does not exist', async () => {
    standIn.deleteSecret(NAME);
    const fault = await catchFault(() => read(NAME));
    expect(fault.reason).toBe(
      `Reading the secret ${NAME} failed: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    );
  });

  it('has a reason if the secret contains bytes, not text', async () => {
    standIn.setSecret(NAME, Buffer.from(TEXT));
    const fault = await catchFault(() => read(NAME));
    expect(fault).toMatchObject({
      name: 'ConfigurationError',
      reason: `The secret ${NAME} holds no text (SecretString).`,
    });
  });

  it.each<[scenario: string, fault: StandInFault]>([
    ['every connection is reset', { kind: 'reset' }],
    ['every call is throttled', secretFaults.throttling],
    ['every call fails inside the service', secretFaults.internal],
    ['every response is garbage', { kind: 'garbage' }],
    ['every response is cut off', { kind: 'truncated' }],
    [
      'its temporary credentials ran out',
      { kind: 'answer', ...awsError('ExpiredTokenException', 'x') },
    ],
  ])('throws SecretUnavailableError if %s', async (_scenario, fault) => {
    standIn.fail(fault, always);
    const caught = await catchFault(() => read(NAME));
    expect(caught).toMatchObject({
      name: 'SecretUnavailableError',
      message: 'The credentials are temporarily unavailable. Retry in a second.',
      retryAfterSeconds: 1,
    });
    expect(caught.reason).toContain(`Reading the secret ${NAME} failed: `);
  });

  it.each<[scenario: string, fault: StandInFault]>([
    ['it never responds', { kind: 'hang' }],
    ['its response stalls', { kind: 'stall' }],
  ])('throws SecretUnavailableError at the timeout if %s', async (_scenario, fault) => {
    standIn.fail(fault, always);
    const startedMs = performance.now();
    const caught = await catchFault(() => read(NAME, 100));
    expect(caught).toMatchObject({
      name: 'SecretUnavailableError',
      reason: `Reading the secret ${NAME} failed: timed out after 100 ms`,
      retryAfterSeconds: 1,
    });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('throws SecretUnavailableError if the connection is refused', async () => {
    await standIn.close();
    const fault = await catchFault(() => read(NAME));
    expect(fault.name).toBe('SecretUnavailableError');
  });

  it.each<[scenario: string, corrupt: (body: string) => string]>([
    ['is cut off inside the secret', (body) => body.slice(0, body.indexOf('abcdef') + 6)],
    ['has a quote too many before the secret', (body) => body.replace('1234567890abcdef', '"$&')],
    ['holds the secret without quotes', () => '{"SecretString":abcdef1234567890}'],
    ['is the secret itself', () => 'abcdef1234567890'],
  ])('has no part of the secret in the error if the response %s', async (_scenario, corrupt) => {
    standIn.fail(
      {
        kind: 'altered',
        alter: (usual) => ({ ...usual, body: corrupt(usual.body ?? '') }),
      },
      always,
    );
    const fault = await catchFault(() => read(NAME));
    expect(fault.status).toBeGreaterThanOrEqual(500);
    expect(`${fault.message} ${fault.reason}`).not.toMatch(/12345|67890|abcde/);
  });
});
