/** Queues, as this stack makes all of them: encrypted at rest and closed to plain HTTP. */
import { arnOf } from './functions.js';

/**
 * A queue; `properties` beyond the common ones. Encrypted with SQS's own keys: to a queue under the
 * key `aws/sqs` EventBridge and SNS cannot send.
 */
export function buildQueue(properties = {}) {
  return { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true, ...properties } };
}

/**
 * Refuses plain HTTP to everybody, and lets the named sources send.
 *
 * @param {{ id: string, senders?: { service: string, sourceArn: unknown }[] }} options
 */
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
