/**
 * Models an SQS queue, Lambda's poller and a function in virtual time. Pure: times are seconds since an
 * arbitrary start, random numbers are an argument.
 *
 * The rules, as AWS documents them:
 * - A received message is hidden for the visibility timeout and then visible again, unless it was deleted
 *   (SQS developer guide, "Amazon SQS visibility timeout").
 * - A message that was received `maxReceiveCount` times moves to the dead-letter queue at its next receive;
 *   one older than the retention period is deleted (same, "Using dead-letter queues").
 * - A standard queue does not keep the order (same, "Amazon SQS standard queues").
 * - Lambda receives up to `BatchSize` messages as soon as there are any and runs up to
 *   `MaximumConcurrency` batches concurrently. It starts with a few, and with fewer after errors of the
 *   function (Lambda developer guide, "Configuring scaling behavior for SQS event source mappings",
 *   "Handling errors for an SQS event source").
 * - With `ReportBatchItemFailures` Lambda deletes the messages that are not reported, and none of a failed
 *   invocation. Neither ends the visibility timeout early (same, "Implementing partial batch responses").
 */
import type { Template } from '../../tools/package-service.ts';

export interface QueueSettings {
  readonly visibilitySeconds: number;
  readonly maxReceives: number;
  readonly retentionSeconds: number;
  readonly batchSize: number;
  /** Number of concurrent batches. */
  readonly concurrency: number;
  /** The function's timeout. */
  readonly timeoutSeconds: number;
}

/** Returns the deployed settings of the queue with this logical id. */
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

/** The outcome of a batch that starts at a given time. */
export interface Run {
  readonly seconds: number;
  /** Whether a message of the batch succeeds and is deleted. */
  readonly answers: (message: ModelMessage) => boolean;
}

export interface ModelMessage {
  readonly sentAt: number;
  readonly receivedAt: number[];
  /** When it succeeded. */
  answeredAt?: number;
  /** When it became a dead letter or was deleted because of its age. */
  lostAt?: number;
}

export interface ModelOptions {
  readonly settings: QueueSettings;
  /** When the messages are sent, in ascending order. */
  readonly sentAt: readonly number[];
  readonly run: (batch: readonly ModelMessage[], at: number) => Run;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
}

/** Runs until every message succeeded or was lost. Returns the messages in the order they were sent. */
export function runModel({ settings, sentAt, run, random }: ModelOptions): ModelMessage[] {
  const messages: ModelMessage[] = sentAt.map((at) => ({ sentAt: at, receivedAt: [] }));
  // All are hidden for the same time, so messages become visible in the order of their receives.
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

/** A first-in, first-out queue with constant-time operations. */
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
