/** What can be wrong with a call to AWS, and what of it may pass. */
import { OutOfTime } from '../domain/deadline.ts';
import { describeThrown } from '../domain/faults.ts';
import { TransportError } from './send.ts';

/** An answer that is none of the service. Says nothing of it: it may hold a secret. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';

  constructor(status: number) {
    super(`the answer is not valid JSON (status ${status})`);
  }
}

/** Lambda sets these variables; whoever runs a function otherwise has to. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';

  constructor() {
    super(
      'the environment variables AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set',
    );
  }
}

/** An error that the service answered with, as the SDK's protocols make it. */
export interface AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
  /** Set where the request was signed with a wrong time, which is right by now. */
  clockSkewCorrected?: true;
}

export function isAwsError(error: unknown): error is AwsError {
  return error instanceof Error && '$metadata' in error;
}

/** What services call it when they are asked too often. Source: the SDK's own retries. */
const THROTTLING_NAMES: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
/** The service waited in vain for the rest of the request. Source: the same. */
const TIMEOUT_NAMES: ReadonlySet<string> = new Set(['RequestTimeout', 'RequestTimeoutException']);

/** What went wrong, in words for the log: the service's own, or ours where it said nothing. */
export function describeAwsFailure(error: unknown): string {
  if (error instanceof TransportError) return describeTransport(error);
  if (OWN_ERRORS.some((kind) => error instanceof kind)) return (error as Error).message;
  const isNameless = isAwsError(error) && error.name === NO_NAME;
  return isNameless
    ? `it answered with status ${error.$metadata.httpStatusCode}`
    : describeThrown(error);
}

const OWN_ERRORS = [OutOfTime, MalformedAnswer, NoCredentials];
/** What the SDK's protocols make of an answer that is an error and does not say which. */
const NO_NAME = 'Unknown';

function describeTransport({ message, cause }: TransportError): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** Whether another attempt may help. */
export function isTransientAwsError(error: unknown): boolean {
  if (error instanceof TransportError) return error.failure !== 'oversized';
  if (error instanceof MalformedAnswer) return true;
  if (!isAwsError(error)) return false;
  const { name, $metadata, clockSkewCorrected } = error;
  if (clockSkewCorrected) return true;
  const status = $metadata.httpStatusCode ?? 0;
  return status === 429 || status >= 500 || THROTTLING_NAMES.has(name) || TIMEOUT_NAMES.has(name);
}
