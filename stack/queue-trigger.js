/** createSession from SQS: `queueTrigger=true` makes the queue that requests are sent to. */
import { arnOf, buildRolePolicy, functionArn, readValues } from './functions.js';
import { buildFailureQueue, buildQueue, buildQueuePolicy } from './queues.js';

const messagesPerBatch = 10;
const triesPerMessage = 5;
/** AWS's advice: six times the function's timeout, so that a throttled batch is not handed out twice. */
const visibilityTimeouts = 6;

export async function stack(context) {
  const values = await readValues(context);
  if (!values.queueTrigger) return {};
  const timeoutSeconds = await context.resolveConfigurationProperty(['provider', 'timeout']);
  return {
    Resources: {
      SessionRequests: buildRequestQueue(timeoutSeconds),
      SessionRequestsPolicy: buildQueuePolicy({ id: 'SessionRequests' }),
      ...buildFailureQueue({ id: 'SessionRequestsFailed', alarmTopicArn: values.alarmTopicArn }),
      ReceiveSessionRequests: buildRolePolicy({
        functionName: 'createSession',
        policyName: 'receive-session-requests',
        action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resource: arnOf('SessionRequests'),
      }),
      SessionRequestsMapping: buildMapping(values),
    },
    Outputs: {
      SessionRequestsQueueUrl: {
        Description: 'Queue that createSession takes requests from',
        Value: { Ref: 'SessionRequests' },
      },
    },
  };
}

function buildRequestQueue(timeoutSeconds) {
  return buildQueue({
    VisibilityTimeout: visibilityTimeouts * timeoutSeconds,
    RedrivePolicy: {
      deadLetterTargetArn: arnOf('SessionRequestsFailed'),
      maxReceiveCount: triesPerMessage,
    },
  });
}

function buildMapping({ reservedConcurrency }) {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    // Lambda checks when this is made that the role may receive.
    DependsOn: ['ReceiveSessionRequests'],
    Properties: {
      EventSourceArn: arnOf('SessionRequests'),
      FunctionName: functionArn('createSession'),
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
