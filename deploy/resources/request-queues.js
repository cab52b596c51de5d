/**
 * Queues of requests by message: one per function, with a dead-letter queue. EventBridge, SNS and other
 * senders store requests there first, so that an outage of the platform, of Lambda or of a deployment only
 * delays them.
 */
import { arnOf, buildRolePolicy, functionArn, readStackName, readValues } from './functions.js';
import { buildQueue, buildQueuePolicy } from './queues.js';

const daySeconds = 24 * 60 * 60;
const messagesPerBatch = 10;

/**
 * A message that fails is retried after the visibility timeout, and after this many attempts moves to the
 * dead-letter queue. With a visibility timeout of a minute, 720 attempts are twelve hours of failures: twice
 * the outage that must be survived unattended. Requests that can never succeed get a result at once, so only
 * a lasting outage or a message that crashes the function uses up its attempts: at 10 s of 512 MB each, 720
 * attempts cost about 5 cents.
 */
const triesPerMessage = 720;
/** AWS's advice: six times the function's timeout, so that a throttled batch is not delivered twice. */
const visibilityTimeouts = 6;
const retentionSeconds = 4 * daySeconds;
/**
 * SQS's maximum. A message's age counts from when it was first sent, so it stays in the dead-letter queue for
 * what the first queue has left of it: at least ten days.
 */
const deadLetterRetentionSeconds = 14 * daySeconds;

/** What the names of the EventBridge rules end in, by the queue that they send to. */
export const ruleNames = { SessionRequests: 'sessions', RoomRequests: 'rooms' };

/**
 * Returns the queues of a deployment, with the services that may send to each. Queue policies name rules
 * instead of referring to them, so that the rules can be created after the policies that they need.
 *
 * @returns {{ functionName: string, id: string, deadLetterId: string, senders: { service: string, sourceArn: unknown }[] }[]}
 */
export function findRequestQueues(values, stackName = '') {
  const { eventTrigger, requestTopicArn, queueTrigger, roomEventTrigger, roomQueueTrigger } =
    values;
  const fromRule = (id) => ({
    service: 'events.amazonaws.com',
    sourceArn: nameRule(values, `${stackName}-${ruleNames[id]}`),
  });
  const queues = [
    {
      isOn: queueTrigger || eventTrigger || requestTopicArn,
      functionName: 'createSession',
      id: 'SessionRequests',
      senders: [
        ...(eventTrigger ? [fromRule('SessionRequests')] : []),
        ...(requestTopicArn ? [{ service: 'sns.amazonaws.com', sourceArn: requestTopicArn }] : []),
      ],
    },
    {
      isOn: roomQueueTrigger || roomEventTrigger,
      functionName: 'openRoom',
      id: 'RoomRequests',
      senders: roomEventTrigger ? [fromRule('RoomRequests')] : [],
    },
  ];
  return queues
    .filter(({ isOn }) => isOn)
    .map(({ isOn, ...queue }) => ({ ...queue, deadLetterId: `${queue.id}Failed` }));
}

/** Returns a rule's ARN, which names its bus unless that is the default one. */
function nameRule({ eventBus }, name) {
  const bus = eventBus.split('event-bus/').at(-1);
  const path = bus === 'default' ? name : `${bus}/${name}`;
  return {
    'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${path}`,
  };
}

export async function stack(context) {
  const values = await readValues(context);
  const timeoutSeconds = await context.resolveConfigurationProperty(['provider', 'timeout']);
  const parts = findRequestQueues(values, await readStackName(context)).map((queue) =>
    buildRequests({ ...queue, values, timeoutSeconds }),
  );
  return {
    Resources: Object.assign({}, ...parts.map(({ resources }) => resources)),
    Outputs: Object.assign({}, ...parts.map(({ outputs }) => outputs)),
  };
}

function buildRequests({ functionName, id, deadLetterId, senders, values, timeoutSeconds }) {
  const receive = `Receive${id}`;
  return {
    resources: {
      [id]: buildQueue(values, {
        VisibilityTimeout: visibilityTimeouts * timeoutSeconds,
        MessageRetentionPeriod: retentionSeconds,
        RedrivePolicy: {
          deadLetterTargetArn: arnOf(deadLetterId),
          maxReceiveCount: triesPerMessage,
        },
      }),
      [`${id}Policy`]: buildQueuePolicy({ id, senders }),
      [deadLetterId]: buildQueue(values, { MessageRetentionPeriod: deadLetterRetentionSeconds }),
      // EventBridge and SNS also send here what they could not deliver to the queue.
      [`${deadLetterId}Policy`]: buildQueuePolicy({ id: deadLetterId, senders }),
      [receive]: buildRolePolicy({
        functionName,
        policyName: `receive-${functionName === 'openRoom' ? 'room' : 'session'}-requests`,
        action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resource: arnOf(id),
      }),
      [`${id}Mapping`]: buildMapping({ functionName, id, receive }, values),
    },
    outputs: {
      [`${id}QueueUrl`]: {
        Description: `Queue that ${functionName} takes requests from`,
        Value: { Ref: id },
      },
    },
  };
}

function buildMapping({ functionName, id, receive }, { queueConcurrency, reservedConcurrency }) {
  // At most half of the reserved concurrency: a backlog that took all of it would throttle HTTP callers, and
  // messages too, which uses up their attempts. Two is AWS's minimum.
  const share = Math.max(Math.floor((reservedConcurrency ?? Infinity) / 2), 2);
  const limit = Math.min(queueConcurrency, share);
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    // Lambda checks on creation that the role may receive.
    DependsOn: [receive],
    Properties: {
      EventSourceArn: arnOf(id),
      FunctionName: functionArn(functionName),
      BatchSize: messagesPerBatch,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      // Without a limit, a backlog takes up to 1,250 containers from the account's other functions, each
      // with up to 10 concurrent requests to the platform.
      ScalingConfig: { MaximumConcurrency: limit },
    },
  };
}
