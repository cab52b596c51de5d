/**
 * Loads the publisher, and with it the EventBridge SDK, when the first message has come: the HTTP
 * path's cold start pays nothing for it.
 */

import type { PublishResult } from '../results/result-event.ts';
import type { Config } from './config.ts';

/** @returns a loader that makes one publisher per container; what could not be loaded is tried again */
export function createPublisherLoader({
  eventBusName,
  eventBridgeUrl,
}: Pick<Config, 'eventBusName' | 'eventBridgeUrl'>): () => Promise<PublishResult> {
  let loading: Promise<PublishResult> | undefined;
  return () => {
    loading ??= import('../results/event-bridge.ts')
      .then(({ createPublisher }) =>
        createPublisher({ busName: eventBusName, endpoint: eventBridgeUrl }),
      )
      .catch((error) => {
        loading = undefined;
        throw error;
      });
    return loading;
  };
}
