/** createSession from SNS: `requestTopicArn`. */
import { arnOf, buildInvokePermission, functionArn, readValues } from './functions.js';

export async function stack(context) {
  const { requestTopicArn } = await readValues(context);
  if (!requestTopicArn) return {};
  return {
    Resources: {
      SessionRequestSubscription: {
        Type: 'AWS::SNS::Subscription',
        // SNS checks that it may send there.
        DependsOn: ['FailedEventsPolicy'],
        Properties: {
          TopicArn: requestTopicArn,
          Protocol: 'lambda',
          Endpoint: functionArn('createSession'),
          RedrivePolicy: { deadLetterTargetArn: arnOf('FailedEvents') },
        },
      },
      SessionRequestSubscriptionPermission: buildInvokePermission({
        functionName: 'createSession',
        service: 'sns.amazonaws.com',
        sourceArn: requestTopicArn,
      }),
    },
  };
}
