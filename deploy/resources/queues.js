/**
 * Queues, as this stack makes all of them: encrypted at rest, closed to plain HTTP, and readable
 * for as long as SQS keeps a message when they hold what failed.
 */
import { buildAlarm } from './alarms.js';
import { arnOf } from './functions.js';

const daySeconds = 24 * 60 * 60;
const longestRetentionSeconds = 14 * daySeconds;

/** A queue; `properties` beyond the common ones. */
export function buildQueue(properties = {}) {
  return { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true, ...properties } };
}

/**
 * A queue for what failed, its policy, and its alarm when there is a topic for alarms.
 *
 * @param {{ id: string, alarmTopicArn?: string, properties?: object, senders?: { service: string, sourceArn: unknown }[] }} options
 */
export function buildFailureQueue({ id, alarmTopicArn, properties, senders = [] }) {
  return {
    [id]: buildQueue({ MessageRetentionPeriod: longestRetentionSeconds, ...properties }),
    [`${id}Policy`]: buildQueuePolicy({ id, senders }),
    ...(alarmTopicArn && {
      [`${id}Alarm`]: buildAlarm({
        alarmTopicArn,
        description: 'Requests that failed for good wait to be looked at',
        namespace: 'AWS/SQS',
        metric: 'ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: { 'Fn::GetAtt': [id, 'QueueName'] } },
        statistic: 'Maximum',
      }),
    }),
  };
}

/** Refuses plain HTTP to everybody, and lets the named sources send. */
export function buildQueuePolicy({ id, senders = [] }) {
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'TlsOnly',
            Effect: 'Deny',
            Principal: '*',
            // Also reading: messages hold what sessions are for.
            Action: 'sqs:*',
            Resource: arnOf(id),
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          ...senders.map(({ service, sourceArn }) => ({
            Effect: 'Allow',
            Principal: { Service: service },
            Action: 'sqs:SendMessage',
            Resource: arnOf(id),
            Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } },
          })),
        ],
      },
    },
  };
}
