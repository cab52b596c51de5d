/**
 * Moves messages from a dead-letter queue back to its queue.
 *
 * SQS's own StartMessageMoveTask moves only messages that came from another queue, but EventBridge and SNS
 * put what they could not deliver into the same dead-letter queue (SQS API Reference,
 * "StartMessageMoveTask"). A message is sent before it is deleted, so an interruption can repeat a message
 * and loses none.
 */
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';

const messagesPerBatch = 10;
const batchesAtOnce = 5;
/** Long polling queries all of SQS's servers, so an empty response means an empty queue. */
const waitSeconds = 2;
/** Time to move a batch, after which its messages become visible again. */
const visibilitySeconds = 120;

/**
 * Returns the dead-letter queues of a stack.
 *
 * @param {import('./destructive-changes.js').Template} template
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
 * Counts the messages that another receiver holds: they stay invisible until their visibility timeout
 * expires. Count before moving anything, because SQS's counts lag behind.
 *
 * @param {import('@aws-sdk/client-sqs').SQSClient} sqs
 * @param {string} queueUrl
 * @returns {Promise<number>} also 0 if the count cannot be read
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
 * @throws Error of the first message that could not be moved, after its batch
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

/** Sends one message at a time: ten large ones may exceed the limit of a batch. */
async function moveMessage(sqs, { from, to, message }) {
  const { Body, MessageAttributes, ReceiptHandle } = message;
  await sqs.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body, MessageAttributes }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
}
