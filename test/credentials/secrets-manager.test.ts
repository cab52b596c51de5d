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

/** Far more than any of these tests takes. */
const PATIENCE_MS = 4_000;
const read = (secretId: string, timeoutMs = PATIENCE_MS) =>
  createSecretReader(createLocalAws(), standIn.url)(secretId, timeoutMs);

describe('reading a secret', () => {
  it('finds it by name, in one signed call', async () => {
    expect(await read(NAME)).toBe(TEXT);
    expect(standIn.requests).toMatchObject([
      { operation: 'GetSecretValue', input: { SecretId: NAME } },
    ]);
  });

  it('finds it by ARN', async () => {
    expect(await read(standIn.arnOf(NAME))).toBe(TEXT);
  });

  it('sees a new value at the next reading', async () => {
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
  ])('succeeds at the second try when %s', async (_scenario, fault) => {
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
  ])('takes %s for a wrong configuration, at the first try', async (type) => {
    standIn.fail({ kind: 'answer', ...awsError(type, 'as AWS words it') }, always);
    const fault = await catchFault(() => read(NAME));
    expect(fault).toMatchObject({
      name: 'ConfigurationError',
      message: 'The service is misconfigured.',
      reason: `Reading the secret ${NAME} failed: ${type}: as AWS words it`,
    });
    expect(standIn.counts.requests).toBe(1);
  });

  it('tells the operator that a secret does not exist', async () => {
    standIn.deleteSecret(NAME);
    const fault = await catchFault(() => read(NAME));
    expect(fault.reason).toBe(
      `Reading the secret ${NAME} failed: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    );
  });

  it('tells the operator that a secret holds bytes and no text', async () => {
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
    ['every answer is garbage', { kind: 'garbage' }],
    ['every answer is cut off', { kind: 'truncated' }],
    [
      'its temporary credentials ran out',
      { kind: 'answer', ...awsError('ExpiredTokenException', 'x') },
    ],
  ])('takes Secrets Manager for out of reach when %s', async (_scenario, fault) => {
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
    ['it never answers', { kind: 'hang' }],
    ['its answer stops half-way', { kind: 'stall' }],
  ])(
    'takes Secrets Manager for out of reach when %s, without further patience',
    async (_scenario, fault) => {
      standIn.fail(fault, always);
      const startedMs = performance.now();
      const caught = await catchFault(() => read(NAME, 100));
      expect(caught).toMatchObject({
        name: 'SecretUnavailableError',
        reason: `Reading the secret ${NAME} failed: timed out after 100 ms`,
        retryAfterSeconds: 1,
      });
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    },
  );

  it('takes Secrets Manager for out of reach when nobody listens', async () => {
    await standIn.close();
    const fault = await catchFault(() => read(NAME));
    expect(fault.name).toBe('SecretUnavailableError');
  });

  it.each<[scenario: string, corrupt: (body: string) => string]>([
    ['is cut off inside the secret', (body) => body.slice(0, body.indexOf('abcdef') + 6)],
    ['has a quote too many before the secret', (body) => body.replace('1234567890abcdef', '"$&')],
    ['holds the secret without quotes', () => '{"SecretString":abcdef1234567890}'],
    ['is the secret itself', () => 'abcdef1234567890'],
  ])('lets nothing of the secret into the fault when the answer %s', async (_scenario, corrupt) => {
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
