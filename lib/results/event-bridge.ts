/** Publishes the results of asynchronous requests on an EventBridge bus. */
import {
  errorTypeRegistries,
  PutEvents$,
  type PutEventsCommandInput,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import { capTimeoutMs, type RemainingMs } from '../domain/deadline.ts';
import { Fault } from '../domain/faults.ts';
import { type AwsError, describeAwsFailure } from '../network/aws-errors.ts';
import { type Aws, createAwsService } from '../network/aws-operation.ts';

/** The result of one message. */
export interface ResultEvent {
  /** EventBridge `detail-type`. */
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Publishes one event. After an error it may have been published anyway, so a retry can publish
 * it twice.
 *
 * @throws Fault `ResultPublishError`
 */
export type PublishResult = (event: ResultEvent, remainingMs: RemainingMs) => Promise<void>;

/** EventBridge `source` of every result. */
export const RESULT_SOURCE = 'opentok-sessions';

/** Publishing usually takes 10 to 50 ms. */
const POLICY = {
  maxRetries: 2,
  attemptTimeoutMs: 800,
  firstPauseMs: 50,
  longestPauseMs: 400,
};
/** For all attempts and pauses together. */
const PUBLISH_TIMEOUT_MS = 2_000;

export interface PublisherOptions {
  /** Name or ARN of the bus. */
  readonly busName: string;
  readonly endpoint: string;
}

export function createPublisher(aws: Aws, { busName, endpoint }: PublisherOptions): PublishResult {
  const protocol = new AwsJson1_1Protocol({
    defaultNamespace: 'com.amazonaws.eventbridge',
    serviceTarget: 'AWSEvents',
    errorTypeRegistries,
  });
  const service = { endpoint, signingName: 'events', protocol, policy: POLICY };
  const putEvents = createAwsService(aws, service)<PutEventsCommandInput, PutEventsCommandOutput>(
    PutEvents$,
    checkEntry,
  );

  return async ({ type, detail }, remainingMs) => {
    const event = {
      EventBusName: busName,
      Source: RESULT_SOURCE,
      DetailType: type,
      Detail: JSON.stringify(detail),
    };
    try {
      const timeoutMs = capTimeoutMs(remainingMs, PUBLISH_TIMEOUT_MS);
      await putEvents({ Entries: [event] }, timeoutMs);
    } catch (error) {
      throw new Fault('ResultPublishError', 'The result could not be published.', {
        reason: `Publishing to the bus ${busName} failed: ${describeAwsFailure(error)}`,
        retryAfterSeconds: 1,
        cause: error,
      });
    }
  };
}

/**
 * Throws if EventBridge rejected the entry, which it reports in a successful response. Does not quote
 * its message, which can contain parts of the entry. Throttling and internal failures are retried, as
 * PutEventsResultEntry in the API reference recommends.
 */
function checkEntry({ Entries: [entry] = [] }: PutEventsCommandOutput): void {
  if (entry?.EventId) return;
  const name = entry?.ErrorCode ?? 'Error';
  const httpStatusCode = name === 'InternalFailure' ? 500 : 400;
  const error = new Error('the entry was rejected');
  throw Object.assign(error, { name, $metadata: { httpStatusCode } } satisfies Partial<AwsError>);
}
