/** From SNS: `requestTopicArn`, to createSession. */
import { arnOf, readValues } from './functions.js';

export async function stack(context) {
  const { requestTopicArn } = await readValues(context);
  if (!requestTopicArn) return {};
  return {
    Resources: {
      SessionRequestSubscription: {
        Type: 'AWS::SNS::Subscription',
        // What SNS may not send yet is lost to the dead-letter queue.
        DependsOn: ['SessionRequestsPolicy', 'SessionRequestsFailedPolicy'],
        Properties: {
          TopicArn: requestTopicArn,
          Protocol: 'sqs',
          Endpoint: arnOf('SessionRequests'),
          // In its envelope, whose id is the key to the result; raw, the id would be SQS's.
          RawMessageDelivery: false,
          RedrivePolicy: { deadLetterTargetArn: arnOf('SessionRequestsFailed') },
        },
      },
    },
  };
}
