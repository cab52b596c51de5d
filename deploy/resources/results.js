/**
 * Where createSession and openRoom leave what came of a request that nobody waits for: its result on
 * a bus, and an event that could not even be answered in the failure queue. Only with a trigger
 * switched on.
 */
import { arnOf, buildRolePolicy, logicalId, readValues } from './functions.js';
import { buildFailureQueue } from './queues.js';

const retriesAfterFailure = 2;
const longestWaitSeconds = 6 * 60 * 60;

/** `EVENT_BUS_NAME` of createSession; empty while none of its triggers is on. */
export async function busName(context) {
  const { resultBus, eventTrigger, requestTopicArn, queueTrigger } = await readValues(context);
  return eventTrigger || requestTopicArn || queueTrigger ? resultBus : '';
}

/** `EVENT_BUS_NAME` of openRoom; empty while none of its triggers is on. */
export async function roomBusName(context) {
  const { resultBus, roomEventTrigger, roomQueueTrigger } = await readValues(context);
  return roomEventTrigger || roomQueueTrigger ? resultBus : '';
}

export async function stack(context) {
  const values = await readValues(context);
  const { eventTrigger, requestTopicArn, roomEventTrigger } = values;
  const sessions = {
    functionName: 'createSession',
    bus: await busName(context),
    publishId: 'PublishResults',
    sendId: 'SendFailedEvents',
    // EventBridge and SNS hand over an event and go; SQS waits for the answer.
    isInvokedAsync: eventTrigger || requestTopicArn,
  };
  const rooms = {
    functionName: 'openRoom',
    bus: await roomBusName(context),
    publishId: 'PublishRoomResults',
    sendId: 'SendFailedRoomEvents',
    isInvokedAsync: roomEventTrigger,
  };
  const publishers = [sessions, rooms].filter(({ bus }) => bus);
  const asynchronous = publishers.filter(({ isInvokedAsync }) => isInvokedAsync);
  return {
    Resources: Object.assign(
      {},
      ...publishers.map(buildPublishing),
      ...(asynchronous.length > 0 ? [buildFailedEvents(values)] : []),
      ...asynchronous.map(buildFailures),
    ),
  };
}

function buildPublishing({ functionName, bus, publishId }) {
  const named = `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${bus}`;
  return {
    [publishId]: buildRolePolicy({
      functionName,
      policyName: 'publish-results',
      action: 'events:PutEvents',
      resource: bus.startsWith('arn:') ? bus : { 'Fn::Sub': named },
    }),
  };
}

function buildFailedEvents({ alarmTopicArn, eventTrigger, requestTopicArn, roomEventTrigger }) {
  const fromRule = (id) => ({ service: 'events.amazonaws.com', sourceArn: arnOf(id) });
  const senders = [
    ...(eventTrigger ? [fromRule('SessionRequestedRule')] : []),
    ...(requestTopicArn ? [{ service: 'sns.amazonaws.com', sourceArn: requestTopicArn }] : []),
    ...(roomEventTrigger ? [fromRule('RoomRequestedRule')] : []),
  ];
  return buildFailureQueue({ id: 'FailedEvents', alarmTopicArn, senders });
}

function buildFailures({ functionName, sendId }) {
  return {
    [sendId]: buildRolePolicy({
      functionName,
      policyName: 'send-failed-events',
      action: 'sqs:SendMessage',
      resource: arnOf('FailedEvents'),
    }),
    [logicalId(functionName, 'AsyncConfig')]: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      // Lambda checks when this is made that the role may send there.
      DependsOn: [sendId],
      Properties: {
        FunctionName: { Ref: logicalId(functionName, 'LambdaFunction') },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: retriesAfterFailure,
        MaximumEventAgeInSeconds: longestWaitSeconds,
        DestinationConfig: { OnFailure: { Destination: arnOf('FailedEvents') } },
      },
    },
  };
}
