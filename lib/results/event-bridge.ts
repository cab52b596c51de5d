/**
 * Publishes result events on an EventBridge bus. The one file that knows its SDK; load it only when
 * there is something to publish.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { OutOfTime, timeToWaitMs, within } from '../domain/deadline.ts';
import { describeThrown, Fault } from '../domain/faults.ts';
import type { PublishResult } from './result-event.ts';

/** EventBridge `source` of every result. */
export const RESULT_SOURCE = 'opentok-sessions';

export interface PublisherOptions {
  /** Name or ARN of the bus. */
  readonly busName: string;
  /** By default AWS's own in the function's region. */
  readonly endpoint: string | undefined;
}

/**
 * For one attempt. Publishing takes some 10 to 50 ms; a kept-alive connection that died while Lambda
 * had the container frozen swallows a request in silence, and this leaves time for another one.
 */
const ATTEMPT_TIMEOUT_MS = 800;
/** With all attempts and pauses. */
const PUBLISH_TIMEOUT_MS = 2_000;

/** The publisher throws Fault `ResultUnpublishedError`. */
export function createPublisher({ busName, endpoint }: PublisherOptions): PublishResult {
  const client = new EventBridgeClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    retryMode: 'standard',
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: ATTEMPT_TIMEOUT_MS,
      requestTimeout: ATTEMPT_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  return async ({ type, detail }, remainingMs) => {
    const command = new PutEventsCommand({
      Entries: [
        {
          EventBusName: busName,
          Source: RESULT_SOURCE,
          DetailType: type,
          Detail: JSON.stringify(detail),
        },
      ],
    });
    try {
      const { Entries: [entry] = [] } = await within(
        timeToWaitMs(remainingMs, PUBLISH_TIMEOUT_MS),
        (abortSignal) => client.send(command, { abortSignal }),
      );
      // A refused entry is no error of the call.
      if (!entry?.EventId) throw new Error(entry?.ErrorCode ?? 'the entry was not accepted');
    } catch (error) {
      const what = error instanceof OutOfTime ? error.message : describeThrown(error);
      throw new Fault('ResultUnpublishedError', 'The result could not be published.', {
        reason: `Publishing on the bus ${busName} failed: ${what}`,
        cause: error,
      });
    }
  };
}
