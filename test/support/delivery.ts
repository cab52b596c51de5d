/**
 * What becomes of messages, judged by what the outside sees alone: the events on the bus, the
 * answer or error that Lambda gets. And a queue as SQS runs one, with tries and a dead-letter queue.
 */
import type { PublishedEvent } from '../../stand-ins/event-bridge.ts';
import type { Lambda } from './lambda.ts';
import { type QueuedMessage, sqsEvent } from './message-events.ts';

/** Fewer than the stack's, so that tests get to the dead-letter queue sooner. */
const MAX_RECEIVES = 3;

/** How often each thing happened to one message. */
export interface Account {
  readonly created: number;
  readonly failed: number;
  readonly returned: number;
}

export interface Delivery {
  /** By message id. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** What the invocation was thrown, if anything. */
  readonly error: Error | undefined;
}

/** Delivers one batch once. */
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
 * A message's results. The very same one again counts once: on a busy machine the SDK may send an
 * entry anew because the answer to the first attempt came late.
 */
export function resultsOf(id: string, events: readonly PublishedEvent[]): PublishedEvent[] {
  const results = events.filter(({ detail }) => detail['eventId'] === id);
  return [...new Map(results.map((event) => [JSON.stringify(event.detail), event])).values()];
}

/** Delivers a batch until the queue is empty; a message that is left over goes to `deadLetters`. */
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

/** @throws when the answer is not in the form that Lambda expects of a consumer of SQS */
function readReturned(answer: Record<string, unknown>): string[] {
  const { batchItemFailures, ...rest } = answer;
  if (!Array.isArray(batchItemFailures) || Object.keys(rest).length > 0) {
    throw new Error(`This is no batch response: ${JSON.stringify(answer)}`);
  }
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
