/**
 * Moves what is in a dead-letter queue back to the queue it belongs to.
 *
 * Not by SQS's own StartMessageMoveTask, which is for messages that a queue gave up: EventBridge and
 * SNS leave in the same queue what they could not deliver at all, and that knows no way back
 * (SQS API Reference, "StartMessageMoveTask"). A message is sent before it is deleted, so an end
 * half-way repeats one and loses none.
 */
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';

const messagesPerBatch = 10;
const batchesAtOnce = 5;
/** Asks all of SQS's servers: an empty answer means an empty queue, not an unlucky server. */
const waitSeconds = 2;
/** For a batch to be moved in, after which its messages are offered again. */
const visibilitySeconds = 120;

/**
 * The dead-letter queues of a stack.
 *
 * @param {import('./losses.js').Template} template
 * @returns {{ from: string, to: string }[]} logical ids of a dead-letter queue and of its queue
 */
export function findRedrives({ Resources = {} }) {
  return Object.entries(Resources).flatMap(([to, { Type, Properties }]) => {
    const target = Properties?.RedrivePolicy?.deadLetterTargetArn?.['Fn::GetAtt'];
    const from = [target].flat()[0];
    return Type === 'AWS::SQS::Queue' && from ? [{ from, to }] : [];
  });
}

/**
 * How many messages of a queue somebody has received and not deleted: nobody else gets them until their
 * visibility timeout is over. Asked before anything is moved, for SQS counts by and by.
 *
 * @param {import('@aws-sdk/client-sqs').SQSClient} sqs
 * @param {string} queueUrl
 * @returns {Promise<number>} 0 too where that may not be asked
 */
export async function countHeld(sqs, queueUrl) {
  const name = 'ApproximateNumberOfMessagesNotVisible';
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [name] });
  const { Attributes = {} } = await sqs.send(command).catch(() => ({ Attributes: undefined }));
  return Number(Attributes[name] ?? 0);
}

/**
 * @param {object} options
 * @param {import('@aws-sdk/client-sqs').SQSClient} options.sqs
 * @param {string} options.from URL of the dead-letter queue
 * @param {string} options.to URL of its queue
 * @param {AbortSignal} options.signal ends the work between two batches
 * @param {() => void} options.onMoved called for each message
 * @throws Error of the first message that could not be moved, once its batch is through
 */
export async function moveMessages({ sqs, from, to, signal, onMoved }) {
  const moveBatches = async () => {
    while (!signal.aborted) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: from,
          MaxNumberOfMessages: messagesPerBatch,
          MessageAttributeNames: ['All'],
          VisibilityTimeout: visibilitySeconds,
          WaitTimeSeconds: waitSeconds,
        }),
      );
      if (Messages.length === 0) return;
      const moves = await Promise.allSettled(
        Messages.map(async (message) => {
          await moveMessage(sqs, { from, to, message });
          onMoved();
        }),
      );
      const failed = moves.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: batchesAtOnce }, moveBatches));
  const failed = workers.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

/** One by one: ten large ones together may be more than SQS takes at once. */
async function moveMessage(sqs, { from, to, message }) {
  const { Body, MessageAttributes, ReceiptHandle } = message;
  await sqs.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body, MessageAttributes }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
}
