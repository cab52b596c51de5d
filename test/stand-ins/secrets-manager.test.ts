import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { localAws } from '../../stand-ins/aws-environment.ts';
import type { Fault } from '../../stand-ins/faults.ts';
import {
  type SecretsManager,
  secretFaults,
  startSecretsManager,
} from '../../stand-ins/secrets-manager.ts';
import { testCertificate } from '../../stand-ins/test-certificate.ts';
import { rawCall } from './raw-call.ts';

const secretId = 'opentok-sessions/test';
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((standIn) => standIn.close()));
});

async function start({ tls = false } = {}): Promise<SecretsManager> {
  const standIn = await startSecretsManager({ secrets: { [secretId]: 'the secret' }, tls });
  open.push(standIn);
  return standIn;
}

function read(standIn: SecretsManager, config: SecretsManagerClientConfig = {}, id = secretId) {
  const client = new SecretsManagerClient({
    region: localAws.region,
    endpoint: standIn.url,
    credentials: localAws,
    maxAttempts: 1,
    requestHandler: { httpsAgent: { ca: testCertificate.cert } },
    ...config,
  });
  return client.send(new GetSecretValueCommand({ SecretId: id })).finally(() => client.destroy());
}

describe('the stand-in for Secrets Manager, read by the AWS SDK', () => {
  it.each([{ tls: false }, { tls: true }])('serves a secret with tls $tls', async ({ tls }) => {
    const secret = await read(await start({ tls }));
    expect(secret).toMatchObject({
      Name: secretId,
      ARN: expect.stringMatching(/^arn:aws:secretsmanager:.*:secret:opentok-sessions\/test-\w{6}$/),
      SecretString: 'the secret',
      VersionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      VersionStages: ['AWSCURRENT'],
      CreatedDate: expect.any(Date),
    });
    expect(Math.abs(Number(secret.CreatedDate) - Date.now())).toBeLessThan(60_000);
  });

  it('serves a secret by its ARN, with and without the random end', async () => {
    const standIn = await start();
    const arn = standIn.arnOf(secretId);
    for (const id of [arn, arn.slice(0, -7)]) {
      await expect(read(standIn, {}, id)).resolves.toMatchObject({ SecretString: 'the secret' });
    }
  });

  it('serves a new value under a new version', async () => {
    const standIn = await start();
    const before = await read(standIn);
    standIn.setSecret(secretId, 'rotated');
    const after = await read(standIn);
    expect(after.SecretString).toBe('rotated');
    expect(after.VersionId).not.toBe(before.VersionId);
  });

  it('serves bytes as a binary secret', async () => {
    const standIn = await start();
    standIn.setSecret(secretId, Uint8Array.of(1, 2));
    const secret = await read(standIn);
    expect(secret.SecretString).toBeUndefined();
    expect(secret.SecretBinary).toEqual(Uint8Array.of(1, 2));
  });

  it('does not know a secret that was never there or was deleted', async () => {
    const standIn = await start();
    const unknown = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } };
    await expect(read(standIn, {}, 'other')).rejects.toMatchObject(unknown);
    standIn.deleteSecret(secretId);
    await expect(read(standIn)).rejects.toMatchObject(unknown);
  });

  it.each<[string, Fault, number]>([
    ['ResourceNotFoundException', secretFaults.notFound, 400],
    ['AccessDeniedException', secretFaults.accessDenied, 400],
    ['DecryptionFailure', secretFaults.decryptionFailure, 400],
    ['ThrottlingException', secretFaults.throttling, 400],
    ['InternalServiceError', secretFaults.internal, 500],
  ])('fails with %s when told to', async (name, fault, httpStatusCode) => {
    const standIn = await start();
    standIn.fail(fault);
    const failure = { name, message: expect.stringMatching(/\w/), $metadata: { httpStatusCode } };
    await expect(read(standIn)).rejects.toMatchObject(failure);
  });

  it('lets the SDK succeed with its own retry', async () => {
    const standIn = await start();
    standIn.fail(secretFaults.throttling);
    await expect(read(standIn, { maxAttempts: 2 })).resolves.toMatchObject({ Name: secretId });
    expect(standIn.counts.requests).toBe(2);
  });

  it('records requests', async () => {
    const standIn = await start();
    await read(standIn);
    expect(standIn.requests).toMatchObject([
      { operation: 'GetSecretValue', input: { SecretId: secretId }, connection: 1 },
    ]);
  });

  it.each<[string, string, SecretsManagerClientConfig]>([
    [
      'UnrecognizedClientException',
      'an unknown key',
      { credentials: { ...localAws, accessKeyId: 'other' } },
    ],
    [
      'InvalidSignatureException',
      'a wrong secret key',
      { credentials: { ...localAws, secretAccessKey: 'other' } },
    ],
    ['InvalidSignatureException', 'another region', { region: 'eu-west-1' }],
    [
      'InvalidSignatureException',
      'a clock ten minutes ahead',
      { systemClockOffset: 10 * 60 * 1000 },
    ],
  ])('refuses with %s a request signed with %s', async (name, _title, config) => {
    await expect(read(await start(), config)).rejects.toMatchObject({ name });
  });
});

describe('the stand-in for Secrets Manager, called without the SDK', () => {
  const wellFormed = {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body: JSON.stringify({ SecretId: secretId }),
  };

  it.each<[string, string, object]>([
    ['MissingAuthenticationTokenException', 'that is not signed', {}],
    [
      'IncompleteSignatureException',
      'with half a signature',
      { headers: { ...wellFormed.headers, authorization: 'AWS4-HMAC-SHA256 Credential=a/b' } },
    ],
    [
      'UnknownOperationException',
      'for another operation',
      { headers: { ...wellFormed.headers, 'x-amz-target': 'secretsmanager.DeleteSecret' } },
    ],
    [
      'UnknownOperationException',
      'in another protocol',
      { headers: { ...wellFormed.headers, 'content-type': 'application/json' } },
    ],
  ])('refuses with %s a request %s', async (type, _title, changes) => {
    const answer = await rawCall((await start()).url, { ...wellFormed, ...changes });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/x-amz-json-1.1');
    expect(JSON.parse(answer.body)).toMatchObject({ __type: type, message: expect.any(String) });
  });

  it('refuses a body that was changed after it was signed', async () => {
    const standIn = await start();
    await read(standIn);
    const [signed] = standIn.requests;
    const answer = await rawCall(standIn.url, {
      method: 'POST',
      headers: { ...(signed?.headers as Record<string, string>), 'content-length': '16' },
      body: '{"SecretId":"x"}',
    });
    expect(JSON.parse(answer.body)).toMatchObject({ __type: 'InvalidSignatureException' });
  });
});
