/** Errors of calls to AWS: which are transient, and how each is described in the log. */
import { TimeoutError } from '../domain/deadline.ts';
import { describeThrown } from '../domain/faults.ts';
import { TransportError } from './send.ts';

/** A response that is not in the service's format. Quotes none of it: it could contain a secret. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';

  constructor(status: number) {
    super(`the response is not valid JSON (status ${status})`);
  }
}

/** Lambda always sets these variables; other environments have to. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';

  constructor() {
    super(
      'the environment variables AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set',
    );
  }
}

/** An error response of the service, as the SDK's protocols represent it. */
export interface AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
  /** Set if the request was signed with a wrong time, and the clock has been corrected since. */
  clockSkewCorrected?: true;
}

export function isAwsError(error: unknown): error is AwsError {
  return error instanceof Error && '$metadata' in error;
}

/** Error names that mean throttling, from the SDK's own retry rules. */
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
/**
 * DynamoDB's error while another region writes the same item of a global table with strong consistency.
 * The write was not applied. Source: DynamoDB developer guide, "How DynamoDB global tables work".
 */
const WRITE_CONFLICT = 'ReplicatedWriteConflictException';
/** Error names that mean the request did not arrive completely, from the same rules. */
const TIMEOUT_NAMES: ReadonlySet<string> = new Set(['RequestTimeout', 'RequestTimeoutException']);

/** Returns the cause for the log: the service's own words, or the status if it sent none. */
export function describeAwsFailure(error: unknown): string {
  if (error instanceof TransportError) return describeTransport(error);
  if (OWN_ERRORS.some((kind) => error instanceof kind)) return (error as Error).message;
  const isNameless = isAwsError(error) && error.name === NO_NAME;
  return isNameless
    ? `the service returned status ${error.$metadata.httpStatusCode}`
    : describeThrown(error);
}

const OWN_ERRORS = [TimeoutError, MalformedResponse, NoCredentials];
/** The name that the SDK's protocols give to an error response without one. */
const NO_NAME = 'Unknown';

function describeTransport({ message, cause }: TransportError): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** Whether a retry can succeed. */
export function isTransientAwsError(error: unknown): boolean {
  if (error instanceof TransportError) return error.failure !== 'oversized';
  if (error instanceof MalformedResponse) return true;
  if (!isAwsError(error)) return false;
  const { name, $metadata, clockSkewCorrected } = error;
  if (clockSkewCorrected) return true;
  const status = $metadata.httpStatusCode ?? 0;
  if (status === 429 || status >= 500 || name === WRITE_CONFLICT) return true;
  return THROTTLING_NAMES.has(name) || TIMEOUT_NAMES.has(name);
}
