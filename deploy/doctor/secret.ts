/**
 * Checks the project's secret: it can be read, has one of the two shapes, and the platform accepts it. Uses
 * the functions' own parser and client, so that doctor and functions agree.
 */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Credentials, parseCredentials } from '../../lib/credentials/credentials.ts';
import { parseSessionRequest } from '../../lib/domain/session-request.ts';
import { createNetwork } from '../../lib/wiring/network.ts';
import { createPlatformSessions } from '../../lib/wiring/services.ts';
import { CheckFailure } from './check.ts';

const KINDS = { opentok: 'OpenTok project', vonage: 'Vonage application' };
const CALL_MS = 10_000;

export interface SecretOptions {
  readonly secrets: SecretsManagerClient;
  readonly secretId: string;
  readonly secretKeyArn: string | undefined;
}

/** @throws CheckFailure, Fault `ConfigurationError` */
export async function readCredentials(
  { secrets, secretId, secretKeyArn }: SecretOptions,
  abortSignal: AbortSignal,
): Promise<Credentials> {
  const command = new GetSecretValueCommand({ SecretId: secretId });
  const { SecretString } = await secrets.send(command, { abortSignal });
  if (SecretString === undefined)
    throw new CheckFailure(`${secretId} holds no text (SecretString)`);
  const credentials = await parseCredentials(SecretString);
  const described = await secrets
    .send(new DescribeSecretCommand({ SecretId: secretId }), { abortSignal })
    .catch(() => undefined);
  const key = described?.KmsKeyId;
  if (key && !key.endsWith('alias/aws/secretsmanager') && !secretKeyArn) {
    throw new CheckFailure(
      `${secretId} is encrypted with ${key}: set secretKeyArn to that key's ARN`,
    );
  }
  return credentials;
}

export function describeProject({ project }: Credentials): string {
  return `${KINDS[project.kind]} ${project.id}`;
}

/** Creates a session, as createSession does; it costs nothing and is never used. */
export async function checkPlatform(
  credentials: Credentials,
  videoApiUrl: string | undefined,
): Promise<string> {
  const url = videoApiUrl?.replace(/\/+$/, '');
  const createSession = createPlatformSessions({
    config: { videoApiUrl: url },
    network: createNetwork(),
  });
  const start = Date.now();
  await createSession({
    credentials,
    options: parseSessionRequest(undefined),
    nowSeconds: Math.floor(start / 1000),
    remainingMs: () => CALL_MS - (Date.now() - start),
  });
  return `accepts the credentials of the ${describeProject(credentials)}`;
}
