/**
 * Metrics of the functions' log lines, in the namespace `<service>/<stage>`. CloudWatch makes them of
 * lines that are written anyway, so no code for them runs in a function.
 *
 * Lambda's JSON format puts what a function writes under `message` (lib/events/log.ts has its fields)
 * and writes lines of its own (Telemetry API, "Event schema reference"). A value or dimension has to
 * be in the pattern to be known (CloudWatch Logs, "Configuring metric values for a metric filter").
 * A metric without lines costs nothing and has no data points.
 */
import { guestRoute } from '../optional-routes.js';
import { functionNamesOf, logicalId, readValues } from './functions.js';

const creators = ['createSession', 'joinRoom', 'manageRoom', 'openRoom'];
const joiners = ['joinRoom', 'joinAsGuest'];
const messageTakers = ['createSession', 'issueToken', 'openRoom'];

const counted = (field) => ({ value: `$.message.${field}`, pattern: `$.message.${field} >= 0` });
const byEnd = (metric, end) => ({
  metric,
  of: messageTakers,
  ...counted(`messages.${end}`),
});

/**
 * Which lines make one metric; the default value of one line is 1.
 *
 * @typedef {object} Filter
 * @property {string} metric
 * @property {string} pattern
 * @property {string} [value]
 * @property {string} [unit]
 * @property {Record<string, string>} [dimensions]
 */

/**
 * Each with the functions whose lines they are, by default all; `named` metrics have the function in
 * their name.
 *
 * @type {(Filter & { of?: string[], id?: string, named?: true })[]}
 */
const filters = [
  { metric: 'SessionsCreated', of: creators, ...counted('sessionsCreated') },
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
  // Somebody who waits asks every three seconds (lib/rooms/domain/knock.ts).
  { metric: 'CallersWaiting', of: joiners, pattern: '$.message.message = "caller waits"' },
  {
    // Of a batch with several, the one that its line names. A line without outcome is no answer.
    metric: 'Faults',
    pattern: '$.message.fault = "*" && $.message.outcome = "*"',
    dimensions: { Fault: '$.message.fault' },
  },
  {
    // What direct callers are told by a thrown error, and Lambda counts among its `Errors`: lines with
    // a status that answered nobody over HTTP.
    metric: 'FaultsThrown',
    pattern:
      '$.message.function = "*" && $.message.outcome = "failed" && $.message.source != "http" && $.message.status >= 400',
    dimensions: { Function: '$.message.function' },
  },
  {
    // Invocations that failed in any way, by Lambda's own word on them.
    metric: 'InvocationsFailed',
    pattern:
      '$.type = "platform.report" && ($.record.status = "error" || $.record.status = "failure" || $.record.status = "timeout")',
    named: true,
  },
  byEnd('MessagesSucceeded', 'succeeded'),
  byEnd('MessagesRefused', 'refused'),
  byEnd('MessagesReturned', 'returned'),
  {
    metric: 'StaleSecretServed',
    pattern: '$.message.message = "the old secret keeps serving"',
  },
  {
    metric: 'Milliseconds',
    pattern: '$.message.function = "*" && $.message.durationMs >= 0',
    value: '$.message.durationMs',
    unit: 'Milliseconds',
    dimensions: { Function: '$.message.function' },
  },
  {
    // Of cold starts alone: a warm invocation's report has no such field.
    metric: 'ColdStartMilliseconds',
    pattern: '$.type = "platform.report" && $.record.metrics.initDurationMs >= 0',
    value: '$.record.metrics.initDurationMs',
    unit: 'Milliseconds',
  },
];

/** The namespace of all of them. */
export async function readNamespace({ resolveVariable }) {
  return `${await resolveVariable('self:service')}/${await resolveVariable('sls:stage')}`;
}

/** Lambda's reports do not name their function, so the metric does. */
export function invocationsFailed(functionName) {
  return `InvocationsFailed-${functionName}`;
}

export async function stack(context) {
  const namespace = await readNamespace(context);
  const all = functionNamesOf(await readValues(context));
  const ofFunctions = filters.flatMap(({ of = all, ...filter }) =>
    of.map((functionName) => [
      logicalId(functionName, `${filter.id ?? filter.metric}Filter`),
      buildFilter(namespace, logicalId(functionName, 'LogGroup'), {
        ...filter,
        metric: filter.named ? invocationsFailed(functionName) : filter.metric,
      }),
    ]),
  );
  return {
    Resources: {
      ...Object.fromEntries(ofFunctions),
      ...buildAccessFilters(namespace),
      // An HTTP API counts all 4xx in one; which of them it throttled only its access log says: those
      // that reached no function, which has a 429 of its own for guests. Under a flood API Gateway may
      // leave some of them out of the log.
      ApiThrottledFilter: buildFilter(namespace, 'HttpApiLogGroup', {
        metric: 'ApiThrottled',
        pattern: '$.status = "429" && $.integrationStatus = "-"',
      }),
    },
  };
}

/**
 * Requests to routes with an authorizer, and those that it rejected. Guests and CORS preflight requests
 * (which match no route) have no authorizer, and would hide its outage among successes.
 */
function buildAccessFilters(namespace) {
  const guarded = `$.route != "-" && $.route != "${guestRoute}"`;
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
