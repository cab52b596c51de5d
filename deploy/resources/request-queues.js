/**
 * Where requests that nobody waits for are kept until they are answered: one queue per function, with
 * its dead-letter queue. Whatever brings requests (EventBridge, SNS, senders of one's own) stores them
 * there first, so that an outage of the platform, of Lambda or of a deployment costs time alone.
 */
import { arnOf, buildRolePolicy, functionArn, readValues } from './functions.js';
import { buildQueue, buildQueuePolicy } from './queues.js';

const daySeconds = 24 * 60 * 60;
const messagesPerBatch = 10;

/**
 * A message that could not be answered comes back after the visibility timeout, and after so many
 * tries goes to the dead-letter queue. With a fixed timeout of a minute, 720 tries are twelve hours of
 * failing without a break: twice the outage that is to be survived unattended. What can never succeed
 * is answered at once and not tried again, so what uses up its tries is an outage that lasts, or a
 * message that crashes the function: at 10 s of 512 MB each, 720 tries cost some 5 cents.
 */
const triesPerMessage = 720;
/** AWS's advice: six times the function's timeout, so that a throttled batch is not handed out twice. */
const visibilityTimeouts = 6;
const retentionSeconds = 4 * daySeconds;
/**
 * The longest that SQS has. A message's age counts from when it was first sent, so its time in the
 * dead-letter queue is what the other queue has left of it: ten days at least.
 */
const deadLetterRetentionSeconds = 14 * daySeconds;

/**
 * The queues of a deployment, with who may send to each beside those whom IAM lets.
 *
 * @returns {{ functionName: string, id: string, deadLetterId: string, senders: { service: string, sourceArn: unknown }[] }[]}
 */
export function findRequestQueues(values) {
  const { eventTrigger, requestTopicArn, queueTrigger, roomEventTrigger, roomQueueTrigger } =
    values;
  const fromRule = (id) => ({ service: 'events.amazonaws.com', sourceArn: arnOf(id) });
  const queues = [
    {
      isOn: queueTrigger || eventTrigger || requestTopicArn,
      functionName: 'createSession',
      id: 'SessionRequests',
      senders: [
        ...(eventTrigger ? [fromRule('SessionRequestedRule')] : []),
        ...(requestTopicArn ? [{ service: 'sns.amazonaws.com', sourceArn: requestTopicArn }] : []),
      ],
    },
    {
      isOn: roomQueueTrigger || roomEventTrigger,
      functionName: 'openRoom',
      id: 'RoomRequests',
      senders: roomEventTrigger ? [fromRule('RoomRequestedRule')] : [],
    },
  ];
  return queues
    .filter(({ isOn }) => isOn)
    .map(({ isOn, ...queue }) => ({ ...queue, deadLetterId: `${queue.id}Failed` }));
}

export async function stack(context) {
  const values = await readValues(context);
  const timeoutSeconds = await context.resolveConfigurationProperty(['provider', 'timeout']);
  const parts = findRequestQueues(values).map((queue) =>
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
      // What EventBridge or SNS could not even store goes there as well.
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
  // Of what the function may run at most a half: a backlog that took all of it would leave callers
  // throttled, and messages too, which uses up their tries. Two is the least that AWS takes.
  const share = Math.max(Math.floor((reservedConcurrency ?? Infinity) / 2), 2);
  const limit = Math.min(queueConcurrency, share);
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    // Lambda checks when this is made that the role may receive.
    DependsOn: [receive],
    Properties: {
      EventSourceArn: arnOf(id),
      FunctionName: functionArn(functionName),
      BatchSize: messagesPerBatch,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      // Without a limit a backlog takes up to 1,250 containers from the account's other functions, and
      // from the platform 10 requests at once for each.
      ScalingConfig: { MaximumConcurrency: limit },
    },
  };
}
