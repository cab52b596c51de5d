/**
 * From SQS: `queueTrigger=true` makes the queue that requests to createSession are sent to,
 * `roomQueueTrigger=true` the one of openRoom.
 */
import { arnOf, buildRolePolicy, functionArn, readValues } from './functions.js';
import { buildFailureQueue, buildQueue, buildQueuePolicy } from './queues.js';

const messagesPerBatch = 10;
const triesPerMessage = 5;
/** AWS's advice: six times the function's timeout, so that a throttled batch is not handed out twice. */
const visibilityTimeouts = 6;

export async function stack(context) {
  const values = await readValues(context);
  const timeoutSeconds = await context.resolveConfigurationProperty(['provider', 'timeout']);
  const triggers = [
    ...(values.queueTrigger
      ? [
          {
            functionName: 'createSession',
            id: 'SessionRequests',
            policyName: 'receive-session-requests',
          },
        ]
      : []),
    ...(values.roomQueueTrigger
      ? [{ functionName: 'openRoom', id: 'RoomRequests', policyName: 'receive-room-requests' }]
      : []),
  ];
  const parts = triggers.map((trigger) => buildTrigger({ ...trigger, values, timeoutSeconds }));
  return {
    Resources: Object.assign({}, ...parts.map(({ resources }) => resources)),
    Outputs: Object.assign({}, ...parts.map(({ outputs }) => outputs)),
  };
}

function buildTrigger({ functionName, id, policyName, values, timeoutSeconds }) {
  const receive = `Receive${id}`;
  return {
    resources: {
      [id]: buildRequestQueue(id, timeoutSeconds),
      [`${id}Policy`]: buildQueuePolicy({ id }),
      ...buildFailureQueue({ id: `${id}Failed`, alarmTopicArn: values.alarmTopicArn }),
      [receive]: buildRolePolicy({
        functionName,
        policyName,
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

function buildRequestQueue(id, timeoutSeconds) {
  return buildQueue({
    VisibilityTimeout: visibilityTimeouts * timeoutSeconds,
    RedrivePolicy: {
      deadLetterTargetArn: arnOf(`${id}Failed`),
      maxReceiveCount: triesPerMessage,
    },
  });
}

function buildMapping({ functionName, id, receive }, { reservedConcurrency }) {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    // Lambda checks when this is made that the role may receive.
    DependsOn: [receive],
    Properties: {
      EventSourceArn: arnOf(id),
      FunctionName: functionArn(functionName),
      BatchSize: messagesPerBatch,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      // Else the queue asks for more than the function may run, and throttled messages use up their
      // tries. Two is the least that AWS takes.
      ...(reservedConcurrency && {
        ScalingConfig: { MaximumConcurrency: Math.min(Math.max(reservedConcurrency, 2), 1000) },
      }),
    },
  };
}
