/**
 * Where an AWS service is, in the variables that AWS itself documents for it. The deployment tells
 * (deploy/resources/endpoints.js), so nothing here guesses at regions and partitions. Pure: the
 * environment is an argument.
 */
import type { EnvironmentReader } from './environment.ts';

const SERVICES = {
  SECRETS_MANAGER: 'Secrets Manager',
  DYNAMODB: 'DynamoDB',
  EVENTBRIDGE: 'EventBridge',
} as const;

/**
 * @param isNeeded whether it is a fault of the environment if there is none, which is left with the
 *   reader
 * @returns a base URL, or nothing in an empty text
 */
export function readEndpoint(
  { url, problems }: EnvironmentReader,
  id: keyof typeof SERVICES,
  isNeeded = true,
): string {
  const endpoint = url(`AWS_ENDPOINT_URL_${id}`) ?? url('AWS_ENDPOINT_URL') ?? '';
  if (!endpoint && isNeeded) {
    problems.push(`AWS_ENDPOINT_URL_${id} must be the address of ${SERVICES[id]} in this region`);
  }
  return endpoint;
}
