import { describe, expect, inject, it } from 'vitest';
import type { Template } from '../../tools/package-service.ts';
import { toDataPoints } from '../support/metric-filter.ts';

const { template, fullTemplate } = inject('packaged');
const both = [
  ['nothing configured', template],
  ['everything on', fullTemplate],
] as const;
const namespace = 'opentok-sessions/dev';

function ofType({ Resources }: Template, type: string) {
  return Object.entries(Resources).filter(([, { Type }]) => Type === type);
}

/** Metrics that the filters of a template make. */
function madeBy(from: Template): string[] {
  return ofType(from, 'AWS::Logs::MetricFilter').map(
    ([, { Properties }]) => Properties['MetricTransformations'][0].MetricName,
  );
}

/** Log groups of the functions. */
function logGroupsOf(from: Template): string[] {
  return ofType(from, 'AWS::Lambda::Function')
    .map(([id]) => id.replace('LambdaFunction', 'LogGroup'))
    .toSorted();
}

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly properties: { readonly title: string; readonly metrics: (string | object)[][] };
}

function widgetsOf(from: Template): Widget[] {
  const [[, dashboard] = expect.fail()] = ofType(from, 'AWS::CloudWatch::Dashboard');
  const body: string = dashboard?.Properties['DashboardBody']['Fn::Sub'];
  // As CloudFormation does it: `${!` stays, all else has to be a resource or a pseudo parameter.
  const text = body.replaceAll(/\$\{(?!!)([^}]+)\}/g, (_, name: string) => {
    const [id = ''] = name.split('.');
    if (!id.startsWith('AWS::')) expect(from.Resources).toHaveProperty(id);
    return name;
  });
  return JSON.parse(text).widgets;
}

describe('metric filters', () => {
  it.each(both)('are within the limits of CloudWatch, with %s', (_, from) => {
    const groups = new Map<string, number>();
    for (const [id, { Properties }] of ofType(from, 'AWS::Logs::MetricFilter')) {
      const { LogGroupName, FilterPattern, MetricTransformations } = Properties;
      expect(from.Resources[LogGroupName.Ref]?.Type, id).toBe('AWS::Logs::LogGroup');
      groups.set(LogGroupName.Ref, (groups.get(LogGroupName.Ref) ?? 0) + 1);
      expect(FilterPattern.length, id).toBeLessThanOrEqual(1024);
      expect(MetricTransformations, id).toHaveLength(1);
      const [{ Dimensions = [], DefaultValue, MetricNamespace }] = MetricTransformations;
      expect(MetricNamespace, id).toBe(namespace);
      expect(Dimensions.length, id).toBeLessThanOrEqual(3);
      if (Dimensions.length > 0) expect(DefaultValue, id).toBeUndefined();
    }
    for (const count of groups.values()) expect(count).toBeLessThanOrEqual(100);
  });

  it.each(both)('read the log of every function that is deployed, with %s', (_, from) => {
    const failed = ofType(from, 'AWS::Logs::MetricFilter').filter(([, { Properties }]) =>
      Properties['MetricTransformations'][0].MetricName.startsWith('InvocationsFailed'),
    );
    expect(failed.map(([, { Properties }]) => Properties['LogGroupName'].Ref).toSorted()).toEqual(
      logGroupsOf(from),
    );
  });

  it('create every metric that an alarm evaluates', () => {
    for (const [id, { Properties }] of ofType(fullTemplate, 'AWS::CloudWatch::Alarm')) {
      for (const { MetricStat } of Properties['Metrics']) {
        if (MetricStat?.Metric.Namespace !== namespace) continue;
        expect(madeBy(fullTemplate), id).toContain(MetricStat.Metric.MetricName);
      }
    }
  });
});

describe('a log line of a function that admits callers', () => {
  const read = (group: string, message: object) =>
    toDataPoints(fullTemplate, group, { level: 'INFO', message }).map(({ metric, dimensions }) =>
      [metric, ...Object.values(dimensions)].join('/'),
    );

  it.each(['joinRoom', 'joinAsGuest'])(
    'of %s counts a joined room, and a token by its role',
    (name) => {
      const group = `${name[0]?.toUpperCase()}${name.slice(1)}LogGroup`;
      const line = { function: name, source: 'http', outcome: 'succeeded', durationMs: 4 };
      const joined = { ...line, message: 'room joined', role: 'publisher', status: 201 };
      expect(read(group, joined).toSorted()).toEqual(
        [
          'TokensIssued',
          'TokensIssued/publisher',
          'RoomsJoined',
          `Milliseconds/${name}`,
        ].toSorted(),
      );
      const waits = { ...line, message: 'caller waits', status: 202 };
      expect(read(group, waits).toSorted()).toEqual(['CallersWaiting', `Milliseconds/${name}`]);
    },
  );

  it('counts guessed invites by the name of their fault', () => {
    for (const fault of ['InviteNotFoundError', 'TooManyRequestsError']) {
      const line = { message: 'request refused', function: 'joinAsGuest', source: 'http' };
      const refused = { ...line, fault, outcome: 'failed', status: 404 };
      expect(read('JoinAsGuestLogGroup', refused)).toEqual([`Faults/${fault}`]);
    }
  });
});

describe('a line of the access log', () => {
  const read = (status: string, route: string) =>
    toDataPoints(fullTemplate, 'HttpApiLogGroup', { status, route, integrationStatus: '200' }).map(
      ({ metric }) => metric,
    );

  it.each([
    ['201', 'POST /sessions', ['ApiRequests', 'ApiServed']],
    ['503', 'POST /sessions', ['ApiRequests', 'ApiServed', 'ApiFaulted']],
    ['401', 'POST /sessions', ['ApiRequests', 'ApiDenied', 'ApiServed']],
    ['403', 'POST /rooms/{name}/tokens', ['ApiRequests', 'ApiDenied', 'ApiServed']],
    ['404', 'GET /rooms/{name}', ['ApiRequests', 'ApiServed']],
    // Guests have no authorizer, and neither have requests that match no route.
    ['403', 'POST /invites/tokens', ['ApiServed']],
    ['204', '-', ['ApiServed']],
    // Anyone can send callbacks that are rejected.
    ['401', 'POST /callbacks', []],
    ['503', 'POST /callbacks', []],
  ])('with status %s of %s counts as %j', (status, route, metrics) => {
    expect(read(status, route)).toEqual(metrics);
  });
});

describe('the dashboard', () => {
  it.each(both)('shows existing metrics, each widget at its own position, with %s', (_, from) => {
    const widgets = widgetsOf(from);
    expect(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size).toBe(widgets.length);
    const metrics = widgets.flatMap(({ properties }) => properties.metrics);
    for (const [given, name] of metrics) {
      const searched = /MetricName="(\w+)"/.exec(JSON.stringify(given).replaceAll('\\', ''));
      if (given === namespace || searched) expect(madeBy(from)).toContain(searched?.[1] ?? name);
    }
    const shown = new Set(metrics.flat().filter((part) => typeof part === 'string'));
    for (const metric of ['SessionsCreated', 'Milliseconds', 'ColdStartMilliseconds', 'Count']) {
      expect(shown).toContain(metric);
    }
  });

  it.each(both)('shows every function that is deployed, with %s', (_, from) => {
    const containers = widgetsOf(from).find(({ properties }) => properties.title === 'Containers');
    const shown = containers?.properties.metrics.map((metric) => metric[3]) ?? [];
    expect(shown.toSorted()).toEqual(
      ofType(from, 'AWS::Lambda::Function')
        .map(([id]) => id)
        .toSorted(),
    );
  });

  it('shows how many guests are rejected, and why', () => {
    const widget = widgetsOf(template).find(({ properties }) => /^Guests/.test(properties.title));
    expect(widget?.properties.metrics).toEqual(
      expect.arrayContaining([
        [namespace, 'Faults', 'Fault', 'InviteNotFoundError', expect.anything()],
        [namespace, 'Faults', 'Fault', 'TooManyRequestsError', expect.anything()],
      ]),
    );
  });

  it('shows the queues of the triggers that are on', () => {
    const titles = (from: Template) => widgetsOf(from).map(({ properties }) => properties.title);
    const queues = ['Queue of createSession', 'Queue of openRoom'];
    expect(titles(fullTemplate)).toEqual(expect.arrayContaining(queues));
    expect(titles(template).filter((title) => queues.includes(title))).toEqual([]);
  });

  it('comes with five saved queries of existing log groups', () => {
    const queries = ofType(fullTemplate, 'AWS::Logs::QueryDefinition');
    expect(queries.map(([, { Properties }]) => Properties['Name'])).toEqual(
      [
        ...['Faults of the last hour', 'One request by id', 'Slowest'],
        ...['Requests per caller', 'Guests by address'],
      ].map((name) => `${namespace}/${name}`),
    );
    for (const [, { Properties }] of queries) {
      for (const { Ref } of Properties['LogGroupNames']) {
        expect(fullTemplate.Resources[Ref]?.Type).toBe('AWS::Logs::LogGroup');
      }
      const read = Properties['LogGroupNames'].map(({ Ref }: { Ref: string }) => Ref);
      if (!read.includes('HttpApiLogGroup')) {
        expect(read.toSorted()).toEqual(logGroupsOf(fullTemplate));
      }
    }
  });

  it('names the request of a crash by the id in Lambda’s report', () => {
    const { Properties } = fullTemplate.Resources['FaultsQuery'] ?? expect.fail();
    const lines: string[] = Properties['QueryString'].split('\n| ');
    // Lambda's lines of a function have its request at the top, its reports in the record.
    const named = lines.indexOf('fields coalesce(requestId, record.requestId) as id');
    const counted = lines.findIndex((line) => line.includes('latest(id) as lastRequestId'));
    expect(named).toBeGreaterThan(-1);
    expect(counted).toBeGreaterThan(named);
  });

  it.each([
    [true, 6],
    [false, 0],
  ])('comes with dashboard=%s: %i resources with its queries', async (dashboard, count) => {
    const file = '../../deploy/resources/dashboard.js';
    const { stack } = await import(file);
    const { Resources = {} } = await stack({
      resolveConfigurationProperty: async () => ({ dashboard }),
      resolveVariable: async () => 'dev',
    });
    expect(Object.keys(Resources)).toHaveLength(count);
  });
});
