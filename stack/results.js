/**
 * Where createSession leaves what came of a request that nobody waits for: its result on a bus, and
 * an event that could not even be answered in the failure queue. Only with a trigger switched on.
 */
import { arnOf, buildRolePolicy, readValues } from './functions.js';
import { buildFailureQueue } from './queues.js';

const retriesAfterFailure = 2;
const longestWaitSeconds = 6 * 60 * 60;

/** `EVENT_BUS_NAME` of createSession; empty while no trigger is on. */
export async function busName(context) {
  const { resultBus, eventTrigger, requestTopicArn, queueTrigger } = await readValues(context);
  return eventTrigger || requestTopicArn || queueTrigger ? resultBus : '';
}

export async function stack(context) {
  const values = await readValues(context);
  const bus = await busName(context);
  if (!bus) return {};
  return { Resources: { ...publishing(bus), ...(isInvokedAsync(values) && failures(values)) } };
}

/** EventBridge and SNS hand over an event and go; SQS waits for the answer. */
function isInvokedAsync({ eventTrigger, requestTopicArn }) {
  return eventTrigger || requestTopicArn;
}

function publishing(bus) {
  const named = `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${bus}`;
  return {
    PublishResults: buildRolePolicy({
      functionName: 'createSession',
      policyName: 'publish-results',
      action: 'events:PutEvents',
      resource: bus.startsWith('arn:') ? bus : { 'Fn::Sub': named },
    }),
  };
}

function failures({ alarmTopicArn, eventTrigger, requestTopicArn }) {
  const senders = [
    ...(eventTrigger
      ? [{ service: 'events.amazonaws.com', sourceArn: arnOf('SessionRequestedRule') }]
      : []),
    ...(requestTopicArn ? [{ service: 'sns.amazonaws.com', sourceArn: requestTopicArn }] : []),
  ];
  return {
    ...buildFailureQueue({ id: 'FailedEvents', alarmTopicArn, senders }),
    SendFailedEvents: buildRolePolicy({
      functionName: 'createSession',
      policyName: 'send-failed-events',
      action: 'sqs:SendMessage',
      resource: arnOf('FailedEvents'),
    }),
    CreateSessionAsyncConfig: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      // Lambda checks when this is made that the role may send there.
      DependsOn: ['SendFailedEvents'],
      Properties: {
        FunctionName: { Ref: 'CreateSessionLambdaFunction' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: retriesAfterFailure,
        MaximumEventAgeInSeconds: longestWaitSeconds,
        DestinationConfig: { OnFailure: { Destination: arnOf('FailedEvents') } },
      },
    },
  };
}
