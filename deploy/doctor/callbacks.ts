/** The callbacks of the platform, of a deployment with `liveRooms=true`. The parser is the function's own. */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseCallbackVerifier } from '../../lib/credentials/callback-verifier.ts';
import { LAST_CALLBACK_KEY } from '../../lib/live/table/last-callback.ts';
import { CheckFailure } from './check.ts';

export interface CallbacksOptions {
  readonly secrets: SecretsManagerClient;
  readonly secretId: string;
  readonly dynamoDb: DynamoDBClient;
  /** `undefined` if the stack does not exist. */
  readonly tableName: string | undefined;
  /** Base URL of the API; `undefined` if it is not known. */
  readonly apiUrl: string | undefined;
}

/**
 * Checks that the secret has `callbackSecrets`, and says when the last callback arrived.
 *
 * @throws CheckFailure, Fault `ConfigurationError`, and what AWS returns
 */
export async function checkCallbacks(
  { secrets, secretId, dynamoDb, tableName, apiUrl }: CallbacksOptions,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: secretId });
  const { SecretString } = await secrets.send(command, { abortSignal });
  if (SecretString === undefined) throw new CheckFailure(`${secretId} has no text (SecretString)`);
  await parseCallbackVerifier(SecretString);
  if (!tableName) return 'callbackSecrets is valid; none can arrive before the stack is deployed';
  const get = new GetItemCommand({ TableName: tableName, Key: LAST_CALLBACK_KEY });
  const { Item } = await dynamoDb.send(get, { abortSignal });
  const at = Number(Item?.['at']?.N);
  const url = `${apiUrl ?? "the API's address"}/callbacks`;
  if (Number.isFinite(at))
    return `the last one arrived at ${new Date(at).toISOString()}, at ${url}`;
  return `none has arrived yet: in the account portal, set the project's callback URL for session monitoring to ${url}, and its signature secret to one of callbackSecrets`;
}
