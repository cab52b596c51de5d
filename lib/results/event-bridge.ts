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
import { describeAwsFailure } from '../network/aws-errors.ts';
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

/** The publisher throws Fault `ResultUnpublishedError`. */
export function createPublisher(aws: Aws, { busName, endpoint }: PublisherOptions): PublishResult {
  const protocol = new AwsJson1_1Protocol({
    defaultNamespace: 'com.amazonaws.eventbridge',
    serviceTarget: 'AWSEvents',
    errorTypeRegistries,
  });
  const service = { endpoint, signingName: 'events', protocol, policy: POLICY };
  const putEvents = createAwsService(
    aws,
    service,
  )<PutEventsCommandInput, PutEventsCommandOutput>(PutEvents$);

  return async ({ type, detail }, remainingMs) => {
    const event = {
      EventBusName: busName,
      Source: RESULT_SOURCE,
      DetailType: type,
      Detail: JSON.stringify(detail),
    };
    try {
      const timeoutMs = timeToWaitMs(remainingMs, PUBLISH_TIMEOUT_MS);
      const { Entries: [entry] = [] } = await putEvents({ Entries: [event] }, timeoutMs);
      // A refused entry is no error of the call.
      if (!entry?.EventId) throw new Error(entry?.ErrorCode ?? 'the entry was not accepted');
    } catch (error) {
      throw new Fault('ResultUnpublishedError', 'The result could not be published.', {
        reason: `Publishing on the bus ${busName} failed: ${describeAwsFailure(error)}`,
        cause: error,
      });
    }
  };
}
