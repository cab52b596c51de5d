import { createHash } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { findRedrives } from '../../deploy/redrive.js';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack } from '../support/plugin.ts';

const { template, fullTemplate } = inject('packaged');
const startAws = closedAfterEach(startFakeAws);

describe('the dead-letter queues of a stack', () => {
  it('are found with the queue that each belongs to', () => {
    expect(findRedrives(fullTemplate)).toEqual([
      { from: 'SessionRequestsFailed', to: 'SessionRequests' },
      { from: 'RoomRequestsFailed', to: 'RoomRequests' },
    ]);
    expect(findRedrives(template)).toEqual([]);
  });
});

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

interface Message {
  readonly MessageId: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly ReceiptHandle: string;
  readonly MessageAttributes?: object;
}

/**
 * SQS with a dead-letter queue of `count` messages. Those of `stuck` cannot be sent; another receiver
 * holds those of `held`.
 */
async function startSqs(
  count: number,
  { stuck = [], held = [] }: { stuck?: readonly string[]; held?: readonly string[] } = {},
) {
  const hidden = new Set<string>(held);
  const dead = new Map<string, Message>();
  for (let number = 1; number <= count; number += 1) {
    const id = `message ${number}`;
    const MessageAttributes = { kind: { DataType: 'String', StringValue: id } };
    dead.set(id, {
      MessageId: id,
      Body: id,
      MD5OfBody: md5(id),
      ReceiptHandle: id,
      MessageAttributes,
    });
  }
  const sent: unknown[] = [];
  const urlOf = (id: string) => `https://sqs.eu-west-1.amazonaws.com/123456789012/${id}`;
  const aws = await startAws({
    ...runningStack(fullTemplate),
    ListStackResources: () => ({
      StackResourceSummaries: findRedrives(fullTemplate)
        .flatMap(({ from, to }) => [from, to])
        .map((id) => ({ LogicalResourceId: id, PhysicalResourceId: urlOf(id) })),
    }),
    ReceiveMessage: ({ QueueUrl, MaxNumberOfMessages }) => {
      if (QueueUrl !== urlOf('SessionRequestsFailed')) return {};
      const batch = [...dead.values()]
        .filter(({ MessageId }) => !hidden.has(MessageId))
        .slice(0, Number(MaxNumberOfMessages));
      for (const { MessageId } of batch) hidden.add(MessageId);
      return { Messages: batch };
    },
    GetQueueAttributes: ({ QueueUrl }) => ({
      Attributes: {
        ApproximateNumberOfMessagesNotVisible:
          QueueUrl === urlOf('SessionRequestsFailed') ? String(hidden.size) : '0',
      },
    }),
    SendMessage: ({ QueueUrl, MessageBody, MessageAttributes }) => {
      if (stuck.includes(String(MessageBody))) throw new AwsError('AccessDenied', 'not allowed');
      sent.push({ QueueUrl, MessageBody, MessageAttributes });
      return { MessageId: 'new', MD5OfMessageBody: md5(String(MessageBody)) };
    },
    DeleteMessage: ({ QueueUrl, ReceiptHandle }) => {
      expect(QueueUrl).toBe(urlOf('SessionRequestsFailed'));
      dead.delete(String(ReceiptHandle));
      return {};
    },
  });
  return { aws, sent, dead, urlOf };
}

describe('serverless redrive', () => {
  it.each([0, 1, 10, 11, 123])('moves %i messages unchanged, and counts them', async (count) => {
    const { aws, sent, dead, urlOf } = await startSqs(count);
    const plugin = await drivePlugin('redrive', { aws });
    await plugin.run('redrive:redrive');
    expect(plugin.logged).toEqual([
      `SessionRequestsFailed: ${count} moved back to SessionRequests`,
      'RoomRequestsFailed: 0 moved back to RoomRequests',
      `Moved back ${count} message${count === 1 ? '' : 's'}.`,
    ]);
    expect(dead.size).toBe(0);
    expect(sent).toHaveLength(count);
    if (count === 0) return;
    expect(sent).toContainEqual({
      QueueUrl: urlOf('SessionRequests'),
      MessageBody: 'message 1',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'message 1' } },
    });
  });

  it('reports messages that another receiver holds, which it cannot move', async () => {
    const { aws, dead } = await startSqs(5, { held: ['message 2', 'message 4'] });
    const plugin = await drivePlugin('redrive', { aws });
    await plugin.run('redrive:redrive');
    expect(plugin.logged).toEqual([
      'SessionRequestsFailed: 3 moved back to SessionRequests; another receiver holds 2: run this again later',
      'RoomRequestsFailed: 0 moved back to RoomRequests',
      'Moved back 3 messages.',
    ]);
    expect([...dead.keys()]).toEqual(['message 2', 'message 4']);
  });

  it('deletes no message that could not be sent, and reports how many were moved', async () => {
    const { aws, dead } = await startSqs(7, { stuck: ['message 3'] });
    const plugin = await drivePlugin('redrive', { aws });
    await expect(plugin.run('redrive:redrive')).rejects.toThrow(
      'SessionRequestsFailed: 6 moved back to SessionRequests, then: not allowed',
    );
    expect([...dead.keys()]).toEqual(['message 3']);
  });

  it('reports a missing stack', async () => {
    const plugin = await drivePlugin('redrive', { aws: await startAws(noStack) });
    await expect(plugin.run('redrive:redrive')).rejects.toThrow(
      'The stack opentok-sessions-prod does not exist in eu-west-1.',
    );
  });
});
