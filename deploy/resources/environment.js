/** Environment variables of all functions: parameters, and the endpoint of Secrets Manager. */
import { variablesOf } from '../parameters.js';
import { secretsManager } from './endpoints.js';
import { readValues } from './functions.js';

/** `provider.environment`. */
export async function ofAllFunctions(context) {
  const parameters = variablesOf(await readValues(context));
  return { ...parameters, AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager };
}
