/** The publisher of results with its real collaborators. */
import { misconfigured } from '../domain/faults.ts';
import { createPublisher, type PublishResult } from '../results/event-bridge.ts';
import type { Runtime } from './runtime.ts';

/** Without an endpoint the publisher throws Fault `ConfigurationError`: a function may never need it. */
export function openPublisher({
  config: { eventBusName, eventBridgeUrl },
  network,
}: Pick<Runtime, 'config' | 'network'>): PublishResult {
  if (eventBridgeUrl) {
    return createPublisher(network.aws, { busName: eventBusName, endpoint: eventBridgeUrl });
  }
  return async () => {
    throw misconfigured('AWS_ENDPOINT_URL_EVENTBRIDGE must be set to publish results.');
  };
}
