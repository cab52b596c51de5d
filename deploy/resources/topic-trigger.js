/** The subscription of createSession's queue to `requestTopicArn`. */
import { arnOf, readValues } from './functions.js';

export async function stack(context) {
  const { requestTopicArn } = await readValues(context);
  if (!requestTopicArn) return {};
  return {
    Resources: {
      SessionRequestSubscription: {
        Type: 'AWS::SNS::Subscription',
        // SNS must be allowed to send to both queues before the first message arrives.
        DependsOn: ['SessionRequestsPolicy', 'SessionRequestsFailedPolicy'],
        Properties: {
          TopicArn: requestTopicArn,
          Protocol: 'sqs',
          Endpoint: arnOf('SessionRequests'),
          // With its envelope: the id in it identifies the result; a raw message has only SQS's id.
          RawMessageDelivery: false,
          RedrivePolicy: { deadLetterTargetArn: arnOf('SessionRequestsFailed') },
        },
      },
    },
  };
}
