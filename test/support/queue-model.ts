/**
 * A queue of SQS, Lambda's poller and a function, on virtual time. Pure: times are seconds from any
 * moment, the random numbers are an argument.
 *
 * The rules, as AWS documents them:
 * - A message that was received is hidden for the visibility timeout and then there again, unless it
 *   was deleted (SQS developer guide, "Amazon SQS visibility timeout").
 * - One that has been received as often as `maxReceiveCount` goes to the dead-letter queue when its turn
 *   comes again; one older than the retention period is deleted (same, "Using dead-letter queues").
 * - Order is not kept in a standard queue (same, "Amazon SQS standard queues").
 * - Lambda takes up to `BatchSize` messages as soon as there are some and runs as many batches side by
 *   side as `MaximumConcurrency` allows, or fewer: it starts with few, and with fewer still after errors
 *   of the function (Lambda developer guide, "Configuring scaling behavior for SQS event source
 *   mappings", "Handling errors for an SQS event source").
 * - With `ReportBatchItemFailures` Lambda deletes what is not reported; of an invocation that failed it
 *   deletes nothing. Neither ends the visibility timeout early (same, "Implementing partial batch
 *   responses").
 */
import type { Template } from '../../tools/package-service.ts';

export interface QueueSettings {
  readonly visibilitySeconds: number;
  readonly maxReceives: number;
  readonly retentionSeconds: number;
  readonly batchSize: number;
  /** How many batches are under way at once. */
  readonly concurrency: number;
  /** After which a batch is cut off. */
  readonly timeoutSeconds: number;
}

/** The settings that are deployed, of the queue with this logical id. */
export function readSettings({ Resources }: Template, id: string): QueueSettings {
  const queue = Resources[id]?.Properties ?? {};
  const mapping = Resources[`${id}Mapping`]?.Properties ?? {};
  const functionId: string = mapping['FunctionName']['Fn::GetAtt'][0];
  return {
    visibilitySeconds: queue['VisibilityTimeout'],
    maxReceives: queue['RedrivePolicy'].maxReceiveCount,
    retentionSeconds: queue['MessageRetentionPeriod'],
    batchSize: mapping['BatchSize'],
    concurrency: mapping['ScalingConfig'].MaximumConcurrency,
    timeoutSeconds: Resources[functionId]?.Properties['Timeout'],
  };
}

/** What comes of a batch that is begun at some time. */
export interface Run {
  readonly seconds: number;
  /** Whether a message of the batch is answered, and so deleted. */
  readonly answers: (message: ModelMessage) => boolean;
}

export interface ModelMessage {
  readonly sentAt: number;
  readonly receivedAt: number[];
  /** When it was answered. */
  answeredAt?: number;
  /** When it became a dead letter, or was deleted for its age. */
  lostAt?: number;
}

export interface ModelOptions {
  readonly settings: QueueSettings;
  /** When messages are sent, in order. */
  readonly sentAt: readonly number[];
  readonly run: (batch: readonly ModelMessage[], at: number) => Run;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

/** Runs until every message is answered or lost. @returns the messages, in the order they were sent */
export function runModel({ settings, sentAt, run, random }: ModelOptions): ModelMessage[] {
  const messages: ModelMessage[] = sentAt.map((at) => ({ sentAt: at, receivedAt: [] }));
  // Messages come back in the order they were received in, since all are hidden for the same time.
  const fresh = createLine(messages.map((message) => ({ message, visibleAt: message.sentAt })));
  const returned = createLine<Waiting>([]);
  const freeAt = Array.from({ length: settings.concurrency }, () => 0);

  const takeVisible = (at: number): ModelMessage | undefined => {
    const lines = [fresh, returned].filter((line) => (line.first()?.visibleAt ?? Infinity) <= at);
    return lines[Math.floor(random() * lines.length)]?.take()?.message;
  };

  for (;;) {
    const nextVisibleAt = Math.min(
      ...[fresh, returned].map((line) => line.first()?.visibleAt ?? Infinity),
    );
    if (nextVisibleAt === Infinity) return messages;
    const slot = freeAt.indexOf(Math.min(...freeAt));
    const at = Math.max(freeAt[slot] ?? 0, nextVisibleAt);
    const batch: ModelMessage[] = [];
    while (batch.length < settings.batchSize) {
      const message = takeVisible(at);
      if (!message) break;
      const isOld = at - message.sentAt > settings.retentionSeconds;
      if (isOld || message.receivedAt.length >= settings.maxReceives) {
        message.lostAt = at;
        continue;
      }
      message.receivedAt.push(at);
      batch.push(message);
    }
    const { seconds, answers } = run(batch, at);
    if (batch.length > 0) freeAt[slot] = at + Math.min(seconds, settings.timeoutSeconds);
    for (const message of batch) {
      if (seconds < settings.timeoutSeconds && answers(message)) message.answeredAt = at + seconds;
      else returned.add({ message, visibleAt: at + settings.visibilitySeconds });
    }
  }
}

interface Waiting {
  readonly message: ModelMessage;
  readonly visibleAt: number;
}

/** First in, first out, however long it is. */
function createLine<Item>(items: Item[]) {
  let next = 0;
  return {
    first: () => items[next],
    take: () => items[next++],
    add: (item: Item) => {
      items.push(item);
    },
  };
}
