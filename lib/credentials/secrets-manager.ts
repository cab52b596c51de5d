/**
 * Reads a secret's text from AWS Secrets Manager.
 */

import {
  errorTypeRegistries,
  GetSecretValue$,
  type GetSecretValueCommandInput,
  type GetSecretValueCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import { Fault, misconfigured } from '../domain/faults.ts';
import { describeAwsFailure } from '../network/aws-errors.ts';
import { type Aws, createAwsService } from '../network/aws-operation.ts';

/**
 * Errors that a retry cannot repair, because the deployment is wrong. All others count as Secrets Manager
 * being unavailable. Source: GetSecretValue API reference, "Errors".
 */
const CONFIGURATION_ERRORS: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'IncompleteSignature',
  'InvalidParameterException',
  'InvalidRequestException',
  'InvalidSignatureException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/** A secret read takes some 10 to 50 ms. */
const POLICY = {
  maxRetries: 2,
  attemptTimeoutMs: 2_000,
  firstPauseMs: 50,
  longestPauseMs: 400,
};

/** @throws Fault `ConfigurationError` or `SecretUnavailableError` */
export type ReadSecret = (secretId: string, timeoutMs: number) => Promise<string>;

export function createSecretReader(aws: Aws, endpoint: string): ReadSecret {
  const protocol = new AwsJson1_1Protocol({
    defaultNamespace: 'com.amazonaws.secretsmanager',
    serviceTarget: 'secretsmanager',
    errorTypeRegistries,
  });
  const service = { endpoint, signingName: 'secretsmanager', protocol, policy: POLICY };
  const getSecretValue = createAwsService(
    aws,
    service,
  )<GetSecretValueCommandInput, GetSecretValueCommandOutput>(GetSecretValue$);

  return async (secretId, timeoutMs) => {
    let text: string | undefined;
    try {
      text = (await getSecretValue({ SecretId: secretId }, timeoutMs)).SecretString;
    } catch (error) {
      throw toFault(error, `Reading the secret ${secretId} failed: ${describeAwsFailure(error)}`);
    }
    if (text === undefined) {
      throw misconfigured(`The secret ${secretId} holds no text (SecretString).`);
    }
    return text;
  };
}

function toFault(error: unknown, reason: string): Fault {
  if (error instanceof Error && CONFIGURATION_ERRORS.has(error.name)) {
    return misconfigured(reason, error);
  }
  return new Fault(
    'SecretUnavailableError',
    'The credentials are temporarily unavailable. Retry in a second.',
    {
      reason,
      cause: error,
      retryAfterSeconds: 1,
    },
  );
}
