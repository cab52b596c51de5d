/**
 * Publishes result events on an EventBridge bus. The one file that knows its SDK; load it only when
 * there is something to publish.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Fault } from '../domain/faults.ts';
import type { PublishResult } from './results.ts';

/** EventBridge `source` of every result. */
export const RESULT_SOURCE = 'opentok-sessions';

export interface PublisherOptions {
  /** Name or ARN of the bus. */
  readonly busName: string;
  /** By default AWS's own in the function's region. */
  readonly endpoint: string | undefined;
}

/** The publisher throws Fault `ResultUnpublishedError`. */
export function createPublisher({ busName, endpoint }: PublisherOptions): PublishResult {
  const client = new EventBridgeClient(endpoint === undefined ? {} : { endpoint });
  return async ({ type, detail }, timeoutMs) => {
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
      const abortSignal = AbortSignal.timeout(Math.max(timeoutMs, 0));
      const { Entries: [entry] = [] } = await client.send(command, { abortSignal });
      // A refused entry is no error of the call.
      if (!entry?.EventId) throw new Error(entry?.ErrorCode ?? 'the entry was not accepted');
    } catch (error) {
      const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Fault('ResultUnpublishedError', 'The result could not be published.', {
        reason: `Publishing on the bus ${busName} failed: ${what}`,
        cause: error,
      });
    }
  };
}
