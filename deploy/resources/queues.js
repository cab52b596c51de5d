/** The queues of the stack: encrypted at rest, and closed to plain HTTP. */
import { arnOf } from './functions.js';

/**
 * A queue, encrypted with `dataKeyArn` or with SQS's own keys. EventBridge and SNS cannot send to a queue
 * under the key `aws/sqs`, because the policy of that key cannot be changed.
 *
 * @param {{ dataKeyArn?: string }} values
 * @param {Record<string, unknown>} properties beyond those
 */
export function buildQueue({ dataKeyArn }, properties) {
  const encryption = dataKeyArn ? { KmsMasterKeyId: dataKeyArn } : { SqsManagedSseEnabled: true };
  return { Type: 'AWS::SQS::Queue', Properties: { ...encryption, ...properties } };
}

/**
 * Denies plain HTTP to every principal, and allows the named sources to send.
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
