/** What all functions are told: parameters, and where Secrets Manager is. */
import { variablesOf } from '../parameters.js';
import { secretsManager } from './endpoints.js';
import { readValues } from './functions.js';

/** `provider.environment`. */
export async function ofAllFunctions(context) {
  const parameters = variablesOf(await readValues(context));
  return { ...parameters, AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager };
}
