/**
 * Reads a secret's text from AWS Secrets Manager. The one file that knows its SDK.
 */
import type { Readable } from 'node:stream';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { OutOfTime, within } from '../domain/deadline.ts';
import { describeThrown, Fault, misconfigured } from '../domain/faults.ts';

/** A secret read takes some 10 to 50 ms; past this the service is as good as down. */
const REQUEST_TIMEOUT_MS = 2_000;
const CONNECTION_TIMEOUT_MS = 1_000;

/**
 * Errors that a retry does not heal: someone must change the deployment. All others count as
 * Secrets Manager being out of reach. Source: GetSecretValue API reference, "Errors".
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

/** @throws Fault `ConfigurationError` or `SecretUnavailableError` */
export type ReadSecret = (secretId: string, timeoutMs: number) => Promise<string>;

/** One client, and with it one connection, per container. */
export function createSecretReader(endpoint: string | undefined): ReadSecret {
  const client = new SecretsManagerClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    // The SDK's defaults, which it otherwise looks for in several places: 0.99 of a cold start.
    retryMode: 'standard',
    maxAttempts: 3,
    // The SDK's own asks whether the answer is a web stream, which loads those: 0.97.
    streamCollector: collectBody,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  return async (secretId, timeoutMs) => {
    let text: string | undefined;
    try {
      const command = new GetSecretValueCommand({ SecretId: secretId });
      const secret = await within(timeoutMs, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      text = secret.SecretString;
    } catch (error) {
      throw toFault(error, `Reading the secret ${secretId} failed: ${describe(error)}`);
    }
    if (text === undefined) {
      throw misconfigured(`The secret ${secretId} holds no text (SecretString).`);
    }
    return text;
  };
}

function collectBody(stream: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

function toFault(error: unknown, reason: string): Fault {
  if (error instanceof Error && CONFIGURATION_ERRORS.has(error.name)) {
    return misconfigured(reason, error);
  }
  return new Fault('SecretUnavailableError', 'The credentials are out of reach for the moment.', {
    reason,
    cause: error,
    retryAfterSeconds: 1,
  });
}

function describe(error: unknown): string {
  if (error instanceof OutOfTime) return error.message;
  // The parser's message quotes the answer, which holds the secret.
  return error instanceof SyntaxError ? 'the answer is not valid JSON' : describeThrown(error);
}
