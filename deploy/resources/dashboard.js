/**
 * A CloudWatch dashboard and saved queries of CloudWatch Logs Insights, with `dashboard=true`.
 */
import { guestRoute } from '../optional-routes.js';
import { functionNamesOf, logicalId, readValues } from './functions.js';
import { readNamespace } from './metrics.js';
import { findRequestQueues } from './request-queues.js';

const periodSeconds = 300;
/** A dashboard has 24 columns. */
const widgetWidth = 8;
const widgetHeight = 6;
const widgetsPerRow = 24 / widgetWidth;

export async function stack(context) {
  const values = await readValues(context);
  if (!values.dashboard) return {};
  const namespace = await readNamespace(context);
  const functionNames = functionNamesOf(values);
  return {
    Resources: {
      Dashboard: buildDashboard(namespace, values, functionNames),
      ...buildQueries(namespace, functionNames),
    },
    Outputs: {
      DashboardUrl: {
        Description: 'Dashboard of the stage',
        Value: {
          'Fn::Sub': `https://\${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=\${AWS::Region}#dashboards/dashboard/\${Dashboard}`,
        },
      },
    },
  };
}

function buildDashboard(namespace, values, functionNames) {
  const own = (name, ...more) => [namespace, name, ...more];
  const ofApi = (name, options = {}) => ['AWS/ApiGateway', name, 'ApiId', `\${HttpApi}`, options];
  const ofFunctions = (name, options = {}) =>
    functionNames.map((functionName) => [
      ...['AWS/Lambda', name, 'FunctionName'],
      `\${${logicalId(functionName, 'LambdaFunction')}}`,
      { label: functionName, ...options },
    ]);
  const widgets = [
    graph('Requests', [
      ofApi('Count'),
      ofApi('4xx'),
      ofApi('5xx'),
      own('ApiDenied'),
      own('ApiThrottled'),
    ]),
    graph('Made', [own('SessionsCreated'), own('TokensIssued'), own('RoomsJoined')]),
    graph('Tokens by role', [search(namespace, 'Role', 'TokensIssued')]),
    graph('Faults by name', [search(namespace, 'Fault', 'Faults')]),
    graph('Guests rejected, and responses to waiting callers', [
      own('Faults', 'Fault', 'InviteNotFoundError', { label: 'no such invite' }),
      own('Faults', 'Fault', 'TooManyRequestsError', { label: 'too many requests' }),
      own('CallersWaiting', { yAxis: 'right' }),
    ]),
    graph('Latency of the API (ms)', [
      ofApi('Latency', { stat: 'p50', label: 'p50' }),
      ofApi('Latency', { stat: 'p99', label: 'p99' }),
    ]),
    graph(
      'Latency of the functions (ms, p99)',
      functionNames.map((name) => own('Milliseconds', 'Function', name, { label: name })),
      'p99',
    ),
    graph('Cold starts', [
      own('ColdStartMilliseconds', { stat: 'SampleCount', label: 'cold starts' }),
      own('ColdStartMilliseconds', {
        stat: 'p99',
        label: 'initialization p99 (ms)',
        yAxis: 'right',
      }),
    ]),
    graph('Containers', ofFunctions('ConcurrentExecutions'), 'Maximum'),
    graph('Crashes and thrown faults', [...ofFunctions('Errors'), own('StaleSecretServed')]),
    graph('Throttles of the functions', ofFunctions('Throttles')),
    ...(values.liveRooms
      ? [
          graph('Callbacks by event', [search(namespace, 'Event', 'CallbacksReceived')]),
          graph('Callbacks, and participants removed', [
            own('CallbacksReceived'),
            own('CallbacksRejected'),
            own('ParticipantsRemoved'),
          ]),
          graph('Rooms emptied when they close', [own('RoomsClosed'), own('RoomsNotClosed')]),
        ]
      : []),
    ...findRequestQueues(values).flatMap(graphQueue),
    graph('Messages by outcome', [
      own('MessagesSucceeded'),
      own('MessagesRejected'),
      own('MessagesReturned'),
    ]),
  ];
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      // Dashboards are global to an account.
      DashboardName: { 'Fn::Sub': `${namespace.replace('/', '-')}-\${AWS::Region}` },
      DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: widgets.map(place) }) },
    },
  };
}

function graphQueue({ functionName, id, deadLetterId }) {
  const ofQueue = (queueId, name, label) => [
    ...['AWS/SQS', name, 'QueueName', `\${${queueId}.QueueName}`],
    { label },
  ];
  const visible = 'ApproximateNumberOfMessagesVisible';
  return [
    graph(
      `Queue of ${functionName}`,
      [
        ofQueue(id, visible, 'waiting'),
        ofQueue(id, 'ApproximateNumberOfMessagesNotVisible', 'in progress, or waiting for a retry'),
        ofQueue(deadLetterId, visible, 'dead letters'),
      ],
      'Maximum',
    ),
    graph(
      `Oldest message of ${functionName} (s)`,
      [ofQueue(id, 'ApproximateAgeOfOldestMessage', 'seconds')],
      'Maximum',
    ),
  ];
}

function graph(title, metrics, stat = 'Sum') {
  return {
    type: 'metric',
    properties: { title, metrics, stat, period: periodSeconds, region: `\${AWS::Region}` },
  };
}

/** Finds all values of a dimension, also new ones. */
function search(namespace, dimension, name) {
  const query = `{"${namespace}",${dimension}} MetricName="${name}"`;
  return [
    {
      expression: `SEARCH('${query}', 'Sum', ${periodSeconds})`,
      label: `\${!PROP('Dim.${dimension}')}`,
    },
  ];
}

function place(widget, index) {
  return {
    x: (index % widgetsPerRow) * widgetWidth,
    y: Math.floor(index / widgetsPerRow) * widgetHeight,
    width: widgetWidth,
    height: widgetHeight,
    ...widget,
  };
}

/** Each covers the time range that is chosen on the page, the first only its last hour. */
function buildQueries(namespace, functionNames) {
  const functions = functionNames.map((name) => ({ Ref: logicalId(name, 'LogGroup') }));
  const api = { Ref: 'HttpApiLogGroup' };
  const queries = {
    Faults: {
      name: 'Faults of the last hour',
      groups: functions,
      lines: [
        'filter toMillis(@timestamp) > (now() - 3600) * 1000',
        // Error responses, and invocations that crashed, timed out or ran out of memory.
        'filter ispresent(message.fault) or (type = "platform.report" and record.status != "success")',
        // A function's lines have their request at the top, Lambda's own reports in the record.
        'fields coalesce(requestId, record.requestId) as id',
        'stats count(*) as lines, latest(@timestamp) as last, latest(id) as lastRequestId by @log, message.fault, message.reason, record.status, record.errorType',
        'sort lines desc',
      ],
    },
    OneRequest: {
      name: 'One request by id',
      groups: [...functions, api],
      lines: [
        '# In place of ID: the requestId of a problem document, a log line or an access log line.',
        'fields @timestamp, @log, @message',
        'filter @message like "ID"',
        'sort @timestamp asc',
      ],
    },
    Slowest: {
      name: 'Slowest',
      groups: functions,
      lines: [
        'fields @timestamp, message.function, message.source, message.durationMs, message.outcome, message.fault, message.requestId',
        'filter ispresent(message.durationMs)',
        'sort message.durationMs desc',
        'limit 50',
      ],
    },
    Callers: {
      name: 'Requests per caller',
      groups: [api],
      lines: [
        'stats count(*) as requests, avg(latencyMs) as meanMs, max(latencyMs) as slowestMs by caller, subject, status',
        'sort requests desc',
        'limit 100',
      ],
    },
    Guests: {
      name: 'Guests by address',
      groups: [api],
      lines: [
        `filter route = "${guestRoute}"`,
        'stats count(*) as requests by sourceIp, status',
        'sort requests desc',
        'limit 100',
      ],
    },
  };
  return Object.fromEntries(
    Object.entries(queries).map(([id, { name, groups, lines }]) => [
      `${id}Query`,
      {
        Type: 'AWS::Logs::QueryDefinition',
        Properties: {
          Name: `${namespace}/${name}`,
          LogGroupNames: groups,
          QueryString: lines.join('\n| ').replace('.\n| ', '.\n'),
        },
      },
    ]),
  );
}
