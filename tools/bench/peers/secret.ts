/** The secret, read once per container with the AWS SDK's defaults. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const client = new SecretsManagerClient({});
let secret: Promise<Record<string, string>> | undefined;

export function readSecret(): Promise<Record<string, string>> {
  secret ??= client
    .send(new GetSecretValueCommand({ SecretId: process.env['SECRET_ID'] }))
    .then(({ SecretString = '' }) => JSON.parse(SecretString));
  return secret;
}
