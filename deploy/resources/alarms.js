/**
 * Alarms, with `alarmTopicArn`. Each rings for something that an operator can act on, and its description
 * says what to do first, how urgent it is and where the runbook goes on. A caller's mistakes ring nothing,
 * except that a share of rejected callers as large as `alarmAuthPercent` looks like an outage of the
 * authorizer.
 *
 * All evaluate windows of five minutes, which CloudWatch shifts by a minute at a time; `of: [m, n]` rings
 * when m of the last n windows reach the threshold (CloudWatch, "Alarm evaluation"). Missing data means no
 * traffic, and rings nothing.
 *
 * `severity` is `page` for what users notice now, and `ticket` for what can wait until morning.
 */
import { dimensionsOfRule, findRules } from './event-trigger.js';
import { functionNamesOf, logicalId, readStackName, readValues } from './functions.js';
import { invocationsFailed, readNamespace } from './metrics.js';
import { findRequestQueues } from './request-queues.js';

const periodSeconds = 300;
const once = [1, 1];
const lasting = [2, 3];
/** For what seldom has traffic to show itself. */
const repeated = [2, 6];
/** Three windows of an hour. A client can connect in the window after its token was issued. */
const hourly = [3, 12];
/** Fewer requests to guarded routes in a window say nothing about the authorizer. */
const fewestAuthRequests = 20;

/** Faults by who has to act, in the words of lib/domain/faults.ts. */
export const faultGroups = {
  own: ['InternalError', 'ConfigurationError', 'InvalidRoomItemError'],
  platform: [
    ...['PlatformUnavailableError', 'PlatformTimeoutError'],
    ...['PlatformInvalidResponseError', 'PlatformRefusedError'],
  ],
  credentials: ['CredentialsRefusedError'],
  services: [
    ...['SecretUnavailableError', 'CredentialsChangingError'],
    ...['RoomStoreUnavailableError', 'ResultPublishError'],
  ],
};

export async function stack(context) {
  const values = await readValues(context);
  if (!values.alarmTopicArn) return {};
  const namespace = await readNamespace(context);
  const stackName = await readStackName(context);
  const alarms = {
    ...Object.assign(
      {},
      ...functionNamesOf(values).map((name) => buildFunctionAlarms(name, namespace)),
    ),
    ...buildFaultAlarms(namespace),
    ...buildApiAlarms(namespace, values),
    ...(values.liveRooms && buildCallbackAlarms(namespace)),
    ...Object.assign({}, ...findRequestQueues(values).map(buildQueueAlarms)),
    ...Object.assign(
      {},
      ...findRules(values, stackName).map((rule) => buildRuleAlarms(rule, values)),
    ),
  };
  const deployment = buildDeploymentAlarm(stackName, functionNamesOf(values));
  return {
    Resources: {
      ...Object.fromEntries(
        Object.entries(alarms).map(([id, alarm]) => [`${id}Alarm`, buildAlarm(alarm, values)]),
      ),
      DeploymentAlarm: deployment,
    },
    Outputs: {
      RollbackAlarmArn: {
        Description: 'Alarm that rolls a deployment back while it rings',
        Value: {
          'Fn::Sub': `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${deployment.Properties.AlarmName}`,
        },
      },
    },
  };
}

/**
 * Rings while a function crashes or the API returns 5xx, without notifying a topic. CloudFormation accepts at most
 * five rollback triggers, so one alarm stands for all (deploy/plugins/stack-update.js).
 */
function buildDeploymentAlarm(stackName, functionNames) {
  const ids = [...functionNames.map((name) => logicalId(name, 'CrashAlarm')), 'ApiFaultsAlarm'];
  return {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: {
      AlarmName: `${stackName}-deployment`,
      AlarmDescription:
        'A function crashes or the API returns 5xx. CloudFormation rolls a deployment back while this rings.',
      AlarmRule: { 'Fn::Sub': ids.map((id) => `ALARM("\${${id}}")`).join(' OR ') },
    },
  };
}

function buildFunctionAlarms(name, namespace) {
  const ofLambda = (MetricName) => ({
    Namespace: 'AWS/Lambda',
    MetricName,
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: logicalId(name, 'LambdaFunction') } }],
  });
  return {
    [logicalId(name, 'Crash')]: {
      description: `${name} crashed, timed out or ran out of memory. First run the saved query "Faults of the last hour", which shows crashes as lines without a fault.`,
      section: 'A crash',
      metrics: {
        errors: ofLambda('Errors'),
        failed: { Namespace: namespace, MetricName: invocationsFailed(name) },
        thrown: {
          Namespace: namespace,
          MetricName: 'FaultsThrown',
          Dimensions: [{ Name: 'Function', Value: name }],
        },
      },
      // A thrown fault is a direct caller's error response, not a crash. Metrics of logs arrive later than
      // Lambda's own, so a failure rings only once the log shows it too.
      expression: 'IF(FILL(failed, 0) > FILL(thrown, 0), errors - FILL(thrown, 0), 0)',
      atLeast: 'alarmCrashCount',
      of: once,
    },
    [logicalId(name, 'Throttles')]: {
      description: `Lambda throttles ${name}. First compare ConcurrentExecutions with the limit of the account and of reservedConcurrency.`,
      section: 'Throttled',
      metrics: { throttles: ofLambda('Throttles') },
      atLeast: 'alarmThrottleCount',
      of: lasting,
    },
  };
}

function buildFaultAlarms(namespace) {
  const ofFault = (fault) => ({
    Namespace: namespace,
    MetricName: 'Faults',
    Dimensions: [{ Name: 'Fault', Value: fault }],
  });
  const count = (faults) => ({
    metrics: Object.fromEntries(faults.map((fault) => [toId(fault), ofFault(fault)])),
    expression: sum(faults.map(toId)),
  });
  const { own, platform, credentials, services } = faultGroups;
  return {
    OwnFaults: {
      description:
        'Callers get 500: the service is misconfigured or has a defect. First read the reason in the saved query "Faults of the last hour".',
      section: 'Faults of our own',
      ...count(own),
      atLeast: 'alarmFaultCount',
      of: repeated,
    },
    PlatformFaults: {
      description:
        'The video platform cannot be reached or returns invalid responses, over HTTP or for messages. First look at its status page; messages wait and are retried.',
      section: 'The platform fails',
      metrics: {
        ...count(platform).metrics,
        created: { Namespace: namespace, MetricName: 'SessionsCreated' },
      },
      // Of the attempts to create a session; a batch of messages counts as one that failed.
      expression: `100 * (${sum(platform.map(toId))}) / (${sum([...platform.map(toId), 'created'])})`,
      atLeast: 'alarmFaultPercent',
      of: lasting,
    },
    CredentialsRefused: {
      description:
        'The video platform rejects the credentials in the secret, over HTTP or for messages. First compare the secret with the project in the account portal.',
      section: 'Credentials refused',
      ...count(credentials),
      atLeast: 'alarmFaultCount',
      of: repeated,
    },
    StaleSecret: {
      description:
        'The secret cannot be refreshed, and the stale one is used until secretStaleSeconds have passed. First read the reason in the saved query "Faults of the last hour".',
      section: 'The secret cannot be read',
      metrics: { stale: { Namespace: namespace, MetricName: 'StaleSecretServed' } },
      atLeast: 'alarmFaultCount',
      of: lasting,
    },
    ServiceFaults: {
      description:
        'Secrets Manager, DynamoDB or EventBridge cannot be reached. First look at the AWS Health Dashboard.',
      section: 'An AWS service fails',
      ...count(services),
      atLeast: 'alarmFaultCount',
      of: lasting,
    },
  };
}

function buildApiAlarms(namespace, { liveRooms }) {
  const ofApi = (MetricName) => ({
    Namespace: 'AWS/ApiGateway',
    MetricName,
    Dimensions: [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }],
  });
  return {
    ApiFaults: {
      description:
        'The HTTP API returns 5xx. First see which other alarm rings, because that is the cause; if none does, read integrationError in the access log.',
      section: 'The API answers 5xx',
      // With callbacks, the route that anyone can make return 5xx is not counted (metrics.js).
      metrics: liveRooms
        ? {
            faults: { Namespace: namespace, MetricName: 'ApiFaulted' },
            requests: { Namespace: namespace, MetricName: 'ApiServed' },
          }
        : { faults: ofApi('5xx'), requests: ofApi('Count') },
      expression: '100 * FILL(faults, 0) / requests',
      atLeast: 'alarmFaultPercent',
      of: lasting,
    },
    ApiDenied: {
      description: `Most callers get 401 or 403: the authorizer or the identity provider may be down, or a deployment changed who may call. First read authorizerError in the access log, then run npx serverless doctor.`,
      section: 'Callers are rejected',
      metrics: {
        denied: { Namespace: namespace, MetricName: 'ApiDenied' },
        requests: { Namespace: namespace, MetricName: 'ApiRequests' },
      },
      expression: `IF(requests >= ${fewestAuthRequests}, 100 * FILL(denied, 0) / requests, 0)`,
      atLeast: 'alarmAuthPercent',
      of: lasting,
    },
    ApiThrottled: {
      description:
        'The HTTP API rejects requests with 429. First see in the saved query "Requests per caller" whether one caller sends them.',
      section: 'Throttled',
      metrics: { throttled: { Namespace: namespace, MetricName: 'ApiThrottled' } },
      atLeast: 'alarmThrottleCount',
      of: lasting,
    },
  };
}

function buildCallbackAlarms(namespace) {
  const own = (MetricName, ...Dimensions) => ({ Namespace: namespace, MetricName, Dimensions });
  return {
    CallbacksMissing: {
      description:
        'People join rooms, but the platform reports no connection. First run npx serverless doctor, then compare the URL of callbacks in the account portal with https://<API>/callbacks.',
      section: 'Callbacks do not arrive',
      metrics: {
        joined: own('RoomsJoined'),
        connected: own('CallbacksReceived', { Name: 'Event', Value: 'connectionCreated' }),
      },
      expression: 'IF(FILL(connected, 0) > 0, 0, FILL(joined, 0))',
      atLeast: 1,
      severity: 'ticket',
      of: hourly,
    },
    CallbacksRejected: {
      description:
        'Callbacks are rejected: unsigned, signed with another secret, too old, of another project, malformed or throttled. First read the reason in the saved query "Faults of the last hour".',
      section: 'Callbacks are rejected',
      metrics: { rejected: own('CallbacksRejected') },
      atLeast: 'alarmCallbackCount',
      severity: 'ticket',
      of: lasting,
    },
    RoomsNotClosed: {
      description:
        'People stay connected to rooms that have closed: the platform fails, or more rooms close at once than a run disconnects. First see whether PlatformFaults or CredentialsRefused ring, then read the reason in the log of closeRooms.',
      section: 'Rooms do not close',
      metrics: { failed: { Namespace: namespace, MetricName: 'RoomsNotClosed' } },
      atLeast: 'alarmFaultCount',
      of: lasting,
    },
  };
}

function buildQueueAlarms({ functionName, id, deadLetterId }) {
  const ofQueue = (queueId, MetricName) => ({
    Namespace: 'AWS/SQS',
    MetricName,
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queueId, 'QueueName'] } }],
  });
  return {
    [`${id}Oldest`]: {
      description: `Requests to ${functionName} wait too long in their queue. First see whether another alarm rings; if none does, more requests arrive than queueConcurrency handles.`,
      section: 'Messages wait',
      metrics: { age: ofQueue(id, 'ApproximateAgeOfOldestMessage') },
      statistic: 'Maximum',
      atLeast: 'alarmQueueAgeSeconds',
      severity: 'ticket',
      of: lasting,
    },
    [deadLetterId]: {
      description: `Requests to ${functionName} failed for twelve hours or crashed it, and stay in the dead-letter queue for at least ten days. First repair the cause, then move them back.`,
      section: 'Dead letters',
      metrics: { messages: ofQueue(deadLetterId, 'ApproximateNumberOfMessagesVisible') },
      statistic: 'Maximum',
      atLeast: 1,
      severity: 'ticket',
      of: once,
    },
  };
}

/**
 * EventBridge retries for a day where a retry can succeed, so one failed delivery means that the queue, its
 * policy or its key is wrong. It sends these metrics only if they are not zero.
 */
function buildRuleAlarms({ id, name, queueId }, values) {
  const ofRule = (MetricName) => ({
    Namespace: 'AWS/Events',
    MetricName,
    Dimensions: dimensionsOfRule(name, values),
  });
  return {
    [`${id}Failed`]: {
      description: `EventBridge could not store events in the queue ${queueId}. First check that the queue exists, and that its policy and the policy of dataKeyArn allow EventBridge to send.`,
      section: 'Events do not arrive',
      metrics: { failed: ofRule('FailedInvocations') },
      atLeast: 1,
      of: once,
    },
    [`${id}Lost`]: {
      description: `EventBridge could store events neither in the queue ${queueId} nor in its dead-letter queue: they are lost. First make both queues and the policies of their key work again, then have the events sent again.`,
      section: 'Events do not arrive',
      metrics: { lost: ofRule('InvocationsFailedToBeSentToDlq') },
      atLeast: 1,
      of: once,
    },
  };
}

/** A metric's id in an expression begins with a small letter. */
function toId(name) {
  return `${name[0].toLowerCase()}${name.slice(1)}`;
}

/** Of metrics that may be missing. */
function sum(ids) {
  return ids.map((id) => `FILL(${id}, 0)`).join(' + ');
}

/**
 * Says what to do first, how urgent it is, and where the runbook goes on. Headings of docs/operations.md
 * become fragments as GitHub makes them.
 */
function describe({ description, section, severity }, { runbookUrl }) {
  const fragment = section
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
  const link = runbookUrl
    ? `Runbook: ${runbookUrl}#${fragment}`
    : `See docs/operations.md, "${section}".`;
  return `${description} Severity: ${severity}. ${link}`;
}

function buildAlarm(alarm, values) {
  const { metrics, expression, statistic = 'Sum', atLeast, severity = 'page', of } = alarm;
  const [DatapointsToAlarm, EvaluationPeriods] = of;
  const [id] = Object.keys(metrics);
  const topic = (severity === 'ticket' ? values.ticketTopicArn : undefined) ?? values.alarmTopicArn;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: describe({ ...alarm, severity }, values),
      Metrics: [
        ...(expression
          ? [{ Id: 'result', Label: 'result', Expression: expression, ReturnData: true }]
          : []),
        ...Object.entries(metrics).map(([Id, Metric]) => ({
          Id,
          MetricStat: { Metric, Period: periodSeconds, Stat: statistic },
          ReturnData: !expression && Id === id,
        })),
      ],
      EvaluationPeriods,
      DatapointsToAlarm,
      Threshold: typeof atLeast === 'number' ? atLeast : values[atLeast],
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [topic],
      OKActions: [topic],
    },
  };
}
