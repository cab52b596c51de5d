/**
 * The project's secret: whether it can be read, has one of the two shapes, and is what the platform
 * knows. The parser and the call are the functions' own.
 */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Credentials, parseCredentials } from '../../lib/credentials/credentials.ts';
import { parseSessionRequest } from '../../lib/domain/session-request.ts';
import { createNetwork } from '../../lib/wiring/network.ts';
import { openSessionApi } from '../../lib/wiring/session-api.ts';
import { Trouble } from './check.ts';

const KINDS = { opentok: 'OpenTok project', vonage: 'Vonage application' };
const CALL_MS = 10_000;

export interface SecretOptions {
  readonly secrets: SecretsManagerClient;
  readonly secretId: string;
  readonly secretKeyArn: string | undefined;
}

/** @throws Trouble, Fault `ConfigurationError` */
export async function readCredentials(
  { secrets, secretId, secretKeyArn }: SecretOptions,
  abortSignal: AbortSignal,
): Promise<Credentials> {
  const command = new GetSecretValueCommand({ SecretId: secretId });
  const { SecretString } = await secrets.send(command, { abortSignal });
  if (SecretString === undefined) throw new Trouble(`${secretId} holds no text (SecretString)`);
  const credentials = await parseCredentials(SecretString);
  const described = await secrets
    .send(new DescribeSecretCommand({ SecretId: secretId }), { abortSignal })
    .catch(() => undefined);
  const key = described?.KmsKeyId;
  if (key && !key.endsWith('alias/aws/secretsmanager') && !secretKeyArn) {
    throw new Trouble(`${secretId} is encrypted with ${key}: give its ARN as secretKeyArn`);
  }
  return credentials;
}

export function describeProject({ project }: Credentials): string {
  return `${KINDS[project.kind]} ${project.id}`;
}

/** Creates a session, as createSession does: it costs nothing, and nobody else learns of it. */
export async function askPlatform(
  credentials: Credentials,
  videoApiUrl: string | undefined,
): Promise<string> {
  const url = videoApiUrl?.replace(/\/+$/, '');
  const createSession = openSessionApi({ config: { videoApiUrl: url }, network: createNetwork() });
  const start = Date.now();
  await createSession({
    credentials,
    options: parseSessionRequest(undefined),
    nowSeconds: Math.floor(start / 1000),
    remainingMs: () => CALL_MS - (Date.now() - start),
  });
  return `took the credentials of the ${describeProject(credentials)}`;
}
