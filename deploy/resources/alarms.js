/**
 * Alarms, when there is a topic to send them to. Each rings for something that somebody can act on,
 * and its description says what to do first and where docs/operations.md goes on. A caller's mistakes
 * ring nothing.
 *
 * All look at five minutes, which CloudWatch shifts by a minute at a time; `of: [m, n]` rings when m of
 * the last n such windows are over the threshold, so that a single hiccup is none (CloudWatch, "Alarm
 * evaluation"). Missing data is no trouble: nobody called.
 */
import { functionNamesOf, logicalId, readValues } from './functions.js';
import { invocationsFailed, readNamespace } from './metrics.js';
import { findRequestQueues } from './request-queues.js';

const periodSeconds = 300;
const once = [1, 1];
const lasting = [2, 3];
/** For what seldom has traffic to show itself. */
const repeated = [2, 6];

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
  const alarms = {
    ...Object.assign(
      {},
      ...functionNamesOf(values).map((name) => buildFunctionAlarms(name, namespace)),
    ),
    ...buildFaultAlarms(namespace),
    ...buildApiAlarms(namespace),
    ...Object.assign({}, ...findRequestQueues(values).map(buildQueueAlarms)),
  };
  return {
    Resources: Object.fromEntries(
      Object.entries(alarms).map(([id, alarm]) => [`${id}Alarm`, buildAlarm(alarm, values)]),
    ),
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
      description: `${name} crashed, ran into its timeout or out of memory. First run the saved query "Faults of the last hour", which shows them without a fault. See docs/operations.md, "A crash".`,
      metrics: {
        errors: ofLambda('Errors'),
        failed: { Namespace: namespace, MetricName: invocationsFailed(name) },
        thrown: {
          Namespace: namespace,
          MetricName: 'FaultsThrown',
          Dimensions: [{ Name: 'Function', Value: name }],
        },
      },
      // A thrown fault is how a direct caller is refused, and no crash. Metrics of a log come a moment
      // later than Lambda's own: until the log too knows of a failure, nothing rings.
      expression: 'IF(FILL(failed, 0) > FILL(thrown, 0), errors - FILL(thrown, 0), 0)',
      atLeast: 'alarmCrashCount',
      of: once,
    },
    [logicalId(name, 'Throttles')]: {
      description: `Lambda refuses to run ${name} as often as it is called. First compare ConcurrentExecutions with the limit of the account and of reservedConcurrency. See docs/operations.md, "Throttled".`,
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
        'Callers get 500: the service is misconfigured or has a defect. First read the reason in the saved query "Faults of the last hour". See docs/operations.md, "Faults of our own".',
      ...count(own),
      atLeast: 'alarmFaultCount',
      of: repeated,
    },
    PlatformFaults: {
      description:
        'The video platform is out of reach or answers nonsense, over HTTP or for messages. First look at its status page; messages wait and need no hand. See docs/operations.md, "The platform fails".',
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
        'The video platform refuses the credentials in the secret, over HTTP or for messages. First compare the secret with the project in the account portal. See docs/operations.md, "Credentials refused".',
      ...count(credentials),
      atLeast: 'alarmFaultCount',
      of: repeated,
    },
    StaleSecret: {
      description:
        'The secret cannot be read again, and the old one serves until secretStaleSeconds are over. First read the reason in the saved query "Faults of the last hour". See docs/operations.md, "The secret is out of reach".',
      metrics: { stale: { Namespace: namespace, MetricName: 'StaleSecretServed' } },
      atLeast: 'alarmFaultCount',
      of: lasting,
    },
    ServiceFaults: {
      description:
        'Secrets Manager, DynamoDB or EventBridge is out of reach. First look at the AWS Health Dashboard. See docs/operations.md, "An AWS service fails".',
      ...count(services),
      atLeast: 'alarmFaultCount',
      of: lasting,
    },
  };
}

function buildApiAlarms(namespace) {
  const ofApi = (MetricName) => ({
    Namespace: 'AWS/ApiGateway',
    MetricName,
    Dimensions: [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }],
  });
  return {
    ApiFaults: {
      description:
        'The HTTP API answers 5xx. First see which other alarm rings, for that is the cause; if none does, read integrationError in the access log. See docs/operations.md, "The API answers 5xx".',
      metrics: { faults: ofApi('5xx'), requests: ofApi('Count') },
      expression: '100 * FILL(faults, 0) / requests',
      atLeast: 'alarmFaultPercent',
      of: lasting,
    },
    ApiThrottled: {
      description:
        'The HTTP API refuses requests with 429. First see in the saved query "Requests per caller" whether one caller sends them. See docs/operations.md, "Throttled".',
      metrics: { throttled: { Namespace: namespace, MetricName: 'ApiThrottled' } },
      atLeast: 'alarmThrottleCount',
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
      description: `Requests to ${functionName} wait too long in their queue. First see whether another alarm rings; if none does, the backlog is larger than queueConcurrency works off. See docs/operations.md, "Messages wait".`,
      metrics: { age: ofQueue(id, 'ApproximateAgeOfOldestMessage') },
      statistic: 'Maximum',
      atLeast: 'alarmQueueAgeSeconds',
      of: lasting,
    },
    [deadLetterId]: {
      description: `Requests to ${functionName} failed for twelve hours or crashed it, and wait in the dead-letter queue for ten days at least. First repair the cause, then move them back. See docs/operations.md, "Dead letters".`,
      metrics: { messages: ofQueue(deadLetterId, 'ApproximateNumberOfMessagesVisible') },
      statistic: 'Maximum',
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

function buildAlarm({ description, metrics, expression, statistic = 'Sum', atLeast, of }, values) {
  const [DatapointsToAlarm, EvaluationPeriods] = of;
  const [id] = Object.keys(metrics);
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: description,
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
      AlarmActions: [values.alarmTopicArn],
      OKActions: [values.alarmTopicArn],
    },
  };
}
