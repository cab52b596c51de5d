/**
 * Counts what happened to messages by observable effects only: the events on the bus, and the response or
 * error that Lambda gets. Also models an SQS queue with receives and a dead-letter queue.
 */
import type { PublishedEvent } from '../../stand-ins/event-bridge.ts';
import type { Lambda } from './lambda.ts';
import { type QueuedMessage, sqsEvent } from './message-events.ts';

/** Lower than the stack's, so that tests reach the dead-letter queue sooner. */
const MAX_RECEIVES = 3;

/** How often each outcome happened to one message. */
export interface Account {
  readonly created: number;
  readonly failed: number;
  readonly returned: number;
}

export interface Delivery {
  /** Keys are message ids. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** The error of the invocation, if it failed. */
  readonly error: Error | undefined;
}

/** Delivers a batch once. */
export async function deliver(
  lambda: Lambda,
  messages: readonly QueuedMessage[],
  timeoutMs?: number,
): Promise<Delivery> {
  const before = lambda.eventBridge.events.length;
  let returned: readonly string[];
  let error: Error | undefined;
  try {
    returned = readReturned(await lambda.invoke(sqsEvent(messages), timeoutMs));
  } catch (thrown) {
    error = thrown as Error;
    // Lambda makes every message of a failed batch visible again.
    returned = messages.map(({ id }) => id);
  }
  const events = lambda.eventBridge.events.slice(before);
  const count = (id: string, detailType: string) =>
    resultsOf(id, events).filter((event) => event.detailType === detailType).length;
  const accounts = new Map(
    messages.map(({ id }) => [
      id,
      {
        created: count(id, 'OpenTok Session Created'),
        failed: count(id, 'OpenTok Session Failed'),
        returned: returned.filter((itemIdentifier) => itemIdentifier === id).length,
      },
    ]),
  );
  return { accounts, error };
}

/**
 * Returns a message's results. An identical result counts once: on a busy machine the client may send an
 * entry again because the response to the first attempt was late.
 */
export function resultsOf(id: string, events: readonly PublishedEvent[]): PublishedEvent[] {
  const results = events.filter(({ detail }) => detail['eventId'] === id);
  return [...new Map(results.map((event) => [JSON.stringify(event.detail), event])).values()];
}

/** Delivers a batch until the queue is empty; messages received too often go to `deadLetters`. */
export async function drain(lambda: Lambda, messages: readonly QueuedMessage[]) {
  const deliveries: Delivery[] = [];
  let queue = messages;
  for (let receives = 0; receives < MAX_RECEIVES && queue.length > 0; receives += 1) {
    const delivery = await deliver(lambda, queue);
    deliveries.push(delivery);
    queue = queue.filter(({ id }) => delivery.accounts.get(id)?.returned);
  }
  return { deliveries, deadLetters: queue.map(({ id }) => id) };
}

/** @throws Error if the response is not a batch response as Lambda expects it for SQS */
function readReturned(answer: Record<string, unknown>): string[] {
  const { batchItemFailures, ...rest } = answer;
  if (!Array.isArray(batchItemFailures) || Object.keys(rest).length > 0) {
    throw new Error(`Not a batch response: ${JSON.stringify(answer)}`);
  }
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
