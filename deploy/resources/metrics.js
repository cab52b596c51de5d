/**
 * Metrics of the functions' log lines, in the namespace `<service>/<stage>`. CloudWatch extracts
 * them from lines that are written anyway, so no code for them runs in a function.
 *
 * Lambda's JSON format puts what a function writes under `message` (lib/events/log.ts has its fields)
 * and adds its own lines (Telemetry API, "Event schema reference"). A value or dimension must
 * occur in the pattern (CloudWatch Logs, "Configuring metric values for a metric filter").
 * A metric without matching lines costs nothing.
 */
import { callbackRoute, guestRoute } from '../optional-routes.js';
import { functionNamesOf, logicalId, readValues } from './functions.js';

const creators = ['createSession', 'joinRoom', 'manageRoom', 'openRoom'];
const joiners = ['joinRoom', 'joinAsGuest'];
const receivers = ['receiveCallback'];
const closers = ['closeRooms'];
const messageTakers = ['createSession', 'issueToken', 'openRoom'];

const received = '$.message.message = "callback received"';

const counted = (field) => ({ value: `$.message.${field}`, pattern: `$.message.${field} >= 0` });
const byEnd = (metric, end) => ({
  metric,
  of: messageTakers,
  ...counted(`messages.${end}`),
});

/**
 * Which lines a metric counts; a line's value is 1 by default.
 *
 * @typedef {object} Filter
 * @property {string} metric
 * @property {string} pattern
 * @property {string} [value]
 * @property {string} [unit]
 * @property {Record<string, string>} [dimensions]
 */

/**
 * Metrics, each of the lines of some functions (`of`, by default all). `named` metrics have the function
 * in their name.
 *
 * @type {(Filter & { of?: string[], id?: string, named?: true })[]}
 */
const filters = [
  { metric: 'SessionsCreated', of: creators, ...counted('sessionsCreated') },
  {
    metric: 'ParticipantsRemoved',
    of: ['manageRoom', ...receivers, ...closers],
    ...counted('participantsRemoved'),
  },
  {
    metric: 'TokensIssued',
    of: ['issueToken', ...joiners],
    pattern: '$.message.message = "token issued" || $.message.message = "room joined"',
  },
  {
    id: 'TokensIssuedByPipe',
    metric: 'TokensIssued',
    of: ['issueToken'],
    ...counted('messages.succeeded'),
  },
  {
    id: 'TokensIssuedByRole',
    metric: 'TokensIssued',
    of: ['issueToken', ...joiners],
    pattern: '$.message.role = "*"',
    dimensions: { Role: '$.message.role' },
  },
  { metric: 'RoomsJoined', of: joiners, pattern: '$.message.message = "room joined"' },
  // Waiting callers poll every three seconds (lib/rooms/domain/knock.ts).
  { metric: 'CallersWaiting', of: joiners, pattern: '$.message.message = "caller waits"' },
  {
    // A batch with several faults counts as the one that its line names. Lines without an outcome are not responses.
    metric: 'Faults',
    pattern: '$.message.fault = "*" && $.message.outcome = "*"',
    dimensions: { Fault: '$.message.fault' },
  },
  {
    // Error responses to direct callers, which are thrown, so that Lambda counts them among its `Errors`:
    // lines with a status and another source than HTTP.
    metric: 'FaultsThrown',
    pattern:
      '$.message.function = "*" && $.message.outcome = "failed" && $.message.source != "http" && $.message.status >= 400',
    dimensions: { Function: '$.message.function' },
  },
  {
    // Invocations that failed in any way, according to Lambda's own report.
    metric: 'InvocationsFailed',
    pattern:
      '$.type = "platform.report" && ($.record.status = "error" || $.record.status = "failure" || $.record.status = "timeout")',
    named: true,
  },
  byEnd('MessagesSucceeded', 'succeeded'),
  byEnd('MessagesRejected', 'rejected'),
  byEnd('MessagesReturned', 'returned'),
  { metric: 'CallbacksReceived', of: receivers, pattern: received },
  {
    id: 'CallbacksReceivedByEvent',
    metric: 'CallbacksReceived',
    of: receivers,
    pattern: `${received} && $.message.event = "*"`,
    dimensions: { Event: '$.message.event' },
  },
  {
    // Unsigned, forged, foreign and malformed callbacks.
    metric: 'CallbacksRejected',
    of: receivers,
    pattern:
      '$.message.source = "http" && (($.message.status >= 400 && $.message.status < 500) || $.message.fault = "CallbackUnsignedError")',
  },
  { metric: 'RoomsClosed', of: closers, ...counted('roomsClosed') },
  { metric: 'RoomsNotClosed', of: closers, ...counted('roomsNotClosed') },
  {
    metric: 'StaleSecretServed',
    pattern: '$.message.message = "the stale secret stays in use"',
  },
  {
    metric: 'Milliseconds',
    pattern: '$.message.function = "*" && $.message.durationMs >= 0',
    value: '$.message.durationMs',
    unit: 'Milliseconds',
    dimensions: { Function: '$.message.function' },
  },
  {
    // Cold starts only: a warm invocation's report has no such field.
    metric: 'ColdStartMilliseconds',
    pattern: '$.type = "platform.report" && $.record.metrics.initDurationMs >= 0',
    value: '$.record.metrics.initDurationMs',
    unit: 'Milliseconds',
  },
];

/** Returns the namespace of all metrics. */
export async function readNamespace({ resolveVariable }) {
  return `${await resolveVariable('self:service')}/${await resolveVariable('sls:stage')}`;
}

/** Lambda's reports do not name their function, so the metric's name does. */
export function invocationsFailed(functionName) {
  return `InvocationsFailed-${functionName}`;
}

export async function stack(context) {
  const namespace = await readNamespace(context);
  const values = await readValues(context);
  const all = functionNamesOf(values);
  const ofFunctions = filters.flatMap(({ of = all, ...filter }) =>
    of
      .filter((functionName) => all.includes(functionName))
      .map((functionName) => [
        logicalId(functionName, `${filter.id ?? filter.metric}Filter`),
        buildFilter(namespace, logicalId(functionName, 'LogGroup'), {
          ...filter,
          metric: filter.named ? invocationsFailed(functionName) : filter.metric,
        }),
      ]),
  );
  return {
    Resources: putInLanes({
      ...Object.fromEntries(ofFunctions),
      ...buildAccessFilters(namespace),
      ...(values.liveRooms && buildCallbackFilters(namespace)),
      // API Gateway's own metrics do not separate 429 from other 4xx. The access log does: requests that
      // reached no function, because functions return 429 to guests themselves. During a flood API Gateway
      // may omit some of them from the log.
      ApiThrottledFilter: buildFilter(namespace, 'HttpApiLogGroup', {
        metric: 'ApiThrottled',
        pattern: `${throttled} && $.route != "${callbackRoute}"`,
      }),
    }),
  };
}

const throttled = '$.status = "429" && $.integrationStatus = "-"';

/**
 * CloudWatch Logs accepts 5 `PutMetricFilter` requests per second (CloudWatch Logs quotas), and
 * CloudFormation would create all filters at once.
 */
const lanes = 5;

/** Makes each filter wait for the one before it in its lane. */
function putInLanes(resources) {
  const ids = Object.keys(resources);
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource], index) => {
      const previous = ids[index - lanes];
      return [id, previous ? { ...resource, DependsOn: [previous] } : resource];
    }),
  );
}

/**
 * With callbacks, anyone can cause responses of 503 (unsigned) and 429 on their route. API Gateway's own metrics
 * count them for the API as a whole, so its alarm uses these instead. Both come from the same log and arrive
 * together. Callbacks that API Gateway throttles count as rejected.
 */
function buildCallbackFilters(namespace) {
  const other = `$.route != "${callbackRoute}"`;
  const ofApi = (metric, pattern) => buildFilter(namespace, 'HttpApiLogGroup', { metric, pattern });
  return {
    ApiServedFilter: ofApi('ApiServed', `$.status = "*" && ${other}`),
    ApiFaultedFilter: ofApi('ApiFaulted', `$.status = "5*" && ${other}`),
    CallbacksThrottledFilter: ofApi(
      'CallbacksRejected',
      `${throttled} && $.route = "${callbackRoute}"`,
    ),
  };
}

/**
 * Requests to routes with an authorizer, and those that it rejected. Guests, callbacks and CORS preflight requests
 * (which match no route) have no authorizer, and would hide its outage among successes.
 */
function buildAccessFilters(namespace) {
  const guarded = ['-', guestRoute, callbackRoute]
    .map((route) => `$.route != "${route}"`)
    .join(' && ');
  return {
    ApiRequestsFilter: buildFilter(namespace, 'HttpApiLogGroup', {
      metric: 'ApiRequests',
      pattern: `$.status = "*" && ${guarded}`,
    }),
    ApiDeniedFilter: buildFilter(namespace, 'HttpApiLogGroup', {
      metric: 'ApiDenied',
      pattern: `($.status = "401" || $.status = "403") && ${guarded}`,
    }),
  };
}

/**
 * @param {string} namespace
 * @param {string} logGroup logical id
 * @param {Filter} filter
 */
function buildFilter(namespace, logGroup, { metric, pattern, value = '1', unit, dimensions }) {
  return {
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      LogGroupName: { Ref: logGroup },
      FilterPattern: `{ ${pattern} }`,
      MetricTransformations: [
        {
          MetricNamespace: namespace,
          MetricName: metric,
          MetricValue: value,
          Unit: unit ?? 'Count',
          ...(dimensions && {
            Dimensions: Object.entries(dimensions).map(([Key, Value]) => ({ Key, Value })),
          }),
        },
      ],
    },
  };
}
