/**
 * Publishes result events on an EventBridge bus.
 */

import {
  errorTypeRegistries,
  PutEvents$,
  type PutEventsCommandInput,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import { timeToWaitMs } from '../domain/deadline.ts';
import { Fault } from '../domain/faults.ts';
import { type AwsError, describeAwsFailure } from '../network/aws-errors.ts';
import { type Aws, createAwsService } from '../network/aws-operation.ts';
import type { PublishResult } from './result-event.ts';

/** EventBridge `source` of every result. */
export const RESULT_SOURCE = 'opentok-sessions';

/** Publishing takes some 10 to 50 ms. */
const POLICY = {
  maxRetries: 2,
  attemptTimeoutMs: 800,
  firstPauseMs: 50,
  longestPauseMs: 400,
};
/** With all attempts and pauses. */
const PUBLISH_TIMEOUT_MS = 2_000;

export interface PublisherOptions {
  /** Name or ARN of the bus. */
  readonly busName: string;
  readonly endpoint: string;
}

/** The publisher throws Fault `ResultPublishError`. */
export function createPublisher(aws: Aws, { busName, endpoint }: PublisherOptions): PublishResult {
  const protocol = new AwsJson1_1Protocol({
    defaultNamespace: 'com.amazonaws.eventbridge',
    serviceTarget: 'AWSEvents',
    errorTypeRegistries,
  });
  const service = { endpoint, signingName: 'events', protocol, policy: POLICY };
  const putEvents = createAwsService(aws, service)<PutEventsCommandInput, PutEventsCommandOutput>(
    PutEvents$,
    refuseEntry,
  );

  return async ({ type, detail }, remainingMs) => {
    const event = {
      EventBusName: busName,
      Source: RESULT_SOURCE,
      DetailType: type,
      Detail: JSON.stringify(detail),
    };
    try {
      const timeoutMs = timeToWaitMs(remainingMs, PUBLISH_TIMEOUT_MS);
      await putEvents({ Entries: [event] }, timeoutMs);
    } catch (error) {
      throw new Fault('ResultPublishError', 'The result could not be published.', {
        reason: `Publishing on the bus ${busName} failed: ${describeAwsFailure(error)}`,
        cause: error,
      });
    }
  };
}

/**
 * A refused entry is no error of the call. Its message is not quoted: it may hold parts of the entry.
 * Source: PutEventsResultEntry in the API reference, which calls the throttled and the failed ones
 * retryable.
 */
function refuseEntry({ Entries: [entry] = [] }: PutEventsCommandOutput): void {
  if (entry?.EventId) return;
  const name = entry?.ErrorCode ?? 'Error';
  const httpStatusCode = name === 'InternalFailure' ? 500 : 400;
  const error = new Error('the entry was not accepted');
  throw Object.assign(error, { name, $metadata: { httpStatusCode } } satisfies Partial<AwsError>);
}
