import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import type { AnyFaultName } from '../../tools/openapi/texts/faults.ts';
import { FAULT_NAMES, makeFault } from '../../tools/openapi/texts/faults.ts';
import { deployments } from '../../tools/rehearsal/deployments.ts';
import { findRinging, type Metrics, nameMetric } from '../support/alarms.ts';

const file = '../../deploy/resources/alarms.js';
const { faultGroups }: { faultGroups: Record<string, AnyFaultName[]> } = await import(file);
const { dimensionsOfRule } = await import('../../deploy/resources/event-trigger.js' as string);

const { template, fullTemplate } = inject('packaged');
const full = deployments['jwt, everything on'];
const namespace = 'opentok-sessions/dev';

interface MetricQuery {
  // biome-ignore lint/suspicious/noExplicitAny: an alarm's shape is CloudFormation's, not ours
  readonly MetricStat?: { readonly Metric: any };
}

const alarmsOf = (from: typeof template) =>
  Object.entries(from.Resources).filter(([, { Type }]) => Type.endsWith('::Alarm'));

describe('alarms', () => {
  it('are off without a topic', () => {
    expect(alarmsOf(template)).toEqual([]);
  });

  it('watch every function that is deployed', () => {
    const watched = (metric: string) =>
      alarmsOf(fullTemplate).flatMap(([, { Properties }]) =>
        Properties['Metrics']
          .filter(({ MetricStat }: MetricQuery) => MetricStat?.Metric.MetricName === metric)
          .map(({ MetricStat }: MetricQuery) => MetricStat?.Metric.Dimensions[0].Value.Ref),
      );
    const deployed = Object.entries(fullTemplate.Resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([id]) => id);
    expect(deployed).toContain('InspectTokenLambdaFunction');
    for (const metric of ['Errors', 'Throttles']) {
      expect(watched(metric).toSorted(), metric).toEqual(deployed.toSorted());
    }
  });

  it('publish to the topic when they start and when they end', () => {
    for (const [id, { Properties }] of alarmsOf(fullTemplate)) {
      expect(Properties['AlarmActions'], id).toEqual([full.alarmTopicArn]);
      expect(Properties['OKActions'], id).toEqual([full.alarmTopicArn]);
    }
  });

  it('say what to do first, and which section of docs/operations.md goes on', () => {
    const file = new URL('../../docs/operations.md', import.meta.url);
    const headings = readFileSync(file, 'utf8').match(/^#+ .+$/gm) ?? [];
    for (const [id, { Properties }] of alarmsOf(fullTemplate)) {
      const [, section] =
        /First .+ Severity: (?:page|ticket)\. See docs\/operations\.md, "(.+)"\.$/.exec(
          Properties['AlarmDescription'],
        ) ?? [];
      expect(headings, id).toContain(`### ${section}`);
      expect(Properties['AlarmDescription'].length, id).toBeLessThanOrEqual(1024);
    }
  });
});

describe('dimensions of the metrics of a rule', () => {
  const onBus = (bus: string) => [{ Name: 'EventBusName', Value: bus }];
  it.each([
    ['default', []],
    ['arn:aws:events:us-east-1:123456789012:event-bus/default', []],
    ['bookings', onBus('bookings')],
    ['arn:aws-cn:events:cn-north-1:123456789012:event-bus/bookings', onBus('bookings')],
    ['aws.partner/example.com/123', onBus('aws.partner/example.com/123')],
  ])('on %s are its name, and the bus unless it is the default', (eventBus, expected) => {
    const [name, ...others] = dimensionsOfRule('rule', { eventBus });
    expect(name).toEqual({ Name: 'RuleName', Value: 'rule' });
    expect(others).toEqual(expected);
  });
});

describe('faults that ring', () => {
  const rings = Object.values(faultGroups).flat();
  const statusOf = (name: AnyFaultName) => makeFault(name, '').status;

  it('have a status of 5xx, so that no caller caused them', () => {
    expect(rings.filter((name) => statusOf(name) < 500)).toEqual([]);
    expect(new Set(faultGroups['own']?.map(statusOf))).toEqual(new Set([500]));
  });

  it('are all faults with a status of 5xx, each in one group, except unsigned callbacks, which anyone can send', () => {
    const names = FAULT_NAMES.filter(
      (name) => statusOf(name) >= 500 && name !== 'CallbackUnsignedError',
    );
    expect([...rings].sort()).toEqual(names.sort());
  });
});

const fault = (name: AnyFaultName) => nameMetric(namespace, 'Faults', name);
const ofFunction = (metric: string) =>
  nameMetric('AWS/Lambda', metric, 'CreateSessionLambdaFunction');
const crash = {
  errors: ofFunction('Errors'),
  failed: nameMetric(namespace, 'InvocationsFailed-createSession'),
  thrown: nameMetric(namespace, 'FaultsThrown', 'createSession'),
};
const api = (metric: string) => nameMetric('AWS/ApiGateway', metric, 'HttpApi');
/** With callbacks, the alarm of the API counts its access log without their route. */
const served = nameMetric(namespace, 'ApiServed');
const faulted = nameMetric(namespace, 'ApiFaulted');
const queue = (id: string, metric: string) => nameMetric('AWS/SQS', metric, id);
const rule = (name: string, metric: string) =>
  nameMetric('AWS/Events', metric, `opentok-sessions-dev-${name}`, full.eventBus);
const created = nameMetric(namespace, 'SessionsCreated');
const joined = nameMetric(namespace, 'RoomsJoined');
const callbacks = (event: string) => nameMetric(namespace, 'CallbacksReceived', event);
const connected = callbacks('connectionCreated');
const denied = nameMetric(namespace, 'ApiDenied');
const guarded = nameMetric(namespace, 'ApiRequests');

/** The thresholds are those of the deployment with everything on: 2 crashes, 3 faults, 10 %, 20 throttled, 600 s. */
describe('an alarm', () => {
  it.each<[scenario: string, metrics: Metrics, ringing: string[]]>([
    ['nothing happens', {}, []],
    ['requests succeed', { [api('Count')]: [900], [api('5xx')]: [0], [crash.errors]: [0] }, []],
    [
      'a direct caller is rejected',
      { [crash.errors]: [9], [crash.failed]: [9], [crash.thrown]: [9] },
      [],
    ],
    ['a direct caller is rejected, and the log is late', { [crash.errors]: [9] }, []],
    ['it crashes', { [crash.errors]: [2], [crash.failed]: [2] }, ['CreateSessionCrashAlarm']],
    [
      'it crashes while a direct caller is rejected',
      { [crash.errors]: [9], [crash.failed]: [9], [crash.thrown]: [7] },
      ['CreateSessionCrashAlarm'],
    ],
    ['it crashes less often than the threshold', { [crash.errors]: [1], [crash.failed]: [1] }, []],
    ['a caller sends invalid requests', { [fault('ValidationError')]: [99, 99, 99] }, []],
    [
      'a client guesses invites',
      {
        [fault('InviteNotFoundError')]: [99, 99, 99],
        [fault('TooManyRequestsError')]: [999, 999, 999],
        [fault('AdmissionDeniedError')]: [9, 9, 9],
        [fault('KnockNotFoundError')]: [9, 9, 9],
      },
      [],
    ],
    ['the API returns 4xx only', { [api('4xx')]: [99, 99, 99], [api('Count')]: [99, 99, 99] }, []],
    [
      'most callers are rejected for ten minutes',
      { [denied]: [undefined, 12, 60], [guarded]: [20, 20, 100] },
      ['ApiDeniedAlarm'],
    ],
    ['fewer callers are rejected', { [denied]: [59, 59, 59], [guarded]: [100, 100, 100] }, []],
    [
      'fewer than 20 requests, all rejected',
      { [denied]: [19, 19, 19], [guarded]: [19, 19, 19] },
      [],
    ],
    ['most callers are rejected for five minutes', { [denied]: [99], [guarded]: [99] }, []],
    ['one 5xx in five minutes', { [faulted]: [1], [served]: [1] }, []],
    ['5xx of less than the threshold', { [faulted]: [9, 9, 9], [served]: [99, 99, 99] }, []],
    [
      'a tenth of the responses are 5xx for ten minutes',
      { [faulted]: [0, 10, 10], [served]: [99, 99, 99] },
      ['ApiFaultsAlarm'],
    ],
    [
      'unsigned and forged callbacks arrive',
      {
        [api('5xx')]: [99, 99, 99],
        [api('4xx')]: [99, 99, 99],
        [api('Count')]: [198, 198, 198],
        [fault('CallbackUnsignedError')]: [99, 99, 99],
        [fault('UnauthenticatedError')]: [99, 99, 99],
        [nameMetric(namespace, 'CallbacksRejected')]: [198, 198, 198],
      },
      ['CallbacksRejectedAlarm'],
    ],
    [
      'people join rooms for a quarter of an hour, and no connection is reported',
      { [joined]: [1, 1, 1], [callbacks('streamCreated')]: [9, 9, 9] },
      ['CallbacksMissingAlarm'],
    ],
    [
      'people join three times in an hour, and no connection is reported',
      {
        [joined]: [
          ...[1, undefined, undefined, undefined, undefined, 1],
          ...[undefined, undefined, undefined, undefined, undefined, 1],
        ],
      },
      ['CallbacksMissingAlarm'],
    ],
    ['people join rooms, and connect', { [joined]: [9, 9, 9], [connected]: [1, 1, 1] }, []],
    [
      'people connect in the window after their join',
      { [joined]: [1, undefined, 1, undefined], [connected]: [undefined, 1, undefined, 1] },
      [],
    ],
    ['people stay in a room, and no one joins', { [connected]: [1, ...Array(11)] }, []],
    [
      'callbacks are rejected less often than the threshold',
      { [nameMetric(namespace, 'CallbacksRejected')]: [29, 29, 29] },
      [],
    ],
    [
      'closed rooms are not emptied for ten minutes',
      { [nameMetric(namespace, 'RoomsNotClosed')]: [3, undefined, 3] },
      ['RoomsNotClosedAlarm'],
    ],
    [
      'closed rooms are not emptied in one window, and all are in the next',
      { [nameMetric(namespace, 'RoomsNotClosed')]: [999, 0, 0] },
      [],
    ],
    ['the service itself fails in one window', { [fault('InternalError')]: [3] }, []],
    [
      'the service itself fails twice in half an hour',
      {
        [fault('ConfigurationError')]: [2, undefined, undefined, undefined, undefined, 3],
        [fault('InternalError')]: [1, undefined, undefined, undefined, undefined, undefined],
      },
      ['OwnFaultsAlarm'],
    ],
    [
      'the platform fails in one window',
      { [fault('PlatformUnavailableError')]: [undefined, 50, undefined], [created]: [9, 0, 9] },
      [],
    ],
    [
      'the platform is down',
      { [fault('PlatformTimeoutError')]: [1, 1], [created]: [undefined, undefined] },
      ['PlatformFaultsAlarm'],
    ],
    [
      'the platform fails for less than the threshold',
      { [fault('PlatformUnavailableError')]: [5, 5, 5], [created]: [100, 100, 100] },
      [],
    ],
    [
      'the platform rejects the credentials',
      { [fault('CredentialsRefusedError')]: [3, undefined, 3] },
      ['CredentialsRefusedAlarm'],
    ],
    [
      'the secret is stale',
      { [nameMetric(namespace, 'StaleSecretServed')]: [3, 3] },
      ['StaleSecretAlarm'],
    ],
    [
      'an AWS service cannot be reached',
      { [fault('SecretUnavailableError')]: [1, 1], [fault('ResultPublishError')]: [2, 2] },
      ['ServiceFaultsAlarm'],
    ],
    ['a burst is throttled', { [nameMetric(namespace, 'ApiThrottled')]: [undefined, 99] }, []],
    [
      'throttling lasts',
      { [nameMetric(namespace, 'ApiThrottled')]: [20, 20] },
      ['ApiThrottledAlarm'],
    ],
    ['Lambda throttles', { [ofFunction('Throttles')]: [20, 20] }, ['CreateSessionThrottlesAlarm']],
    [
      'messages wait longer than the threshold',
      { [queue('SessionRequests', 'ApproximateAgeOfOldestMessage')]: [600, 700] },
      ['SessionRequestsOldestAlarm'],
    ],
    [
      'there is one dead letter',
      { [queue('RoomRequestsFailed', 'ApproximateNumberOfMessagesVisible')]: [1] },
      ['RoomRequestsFailedAlarm'],
    ],
    [
      'EventBridge could not deliver one event',
      { [rule('sessions', 'FailedInvocations')]: [1] },
      ['SessionRequestedRuleFailedAlarm'],
    ],
    [
      'EventBridge could not store one event in the dead-letter queue either',
      { [rule('rooms', 'InvocationsFailedToBeSentToDlq')]: [1] },
      ['RoomRequestedRuleLostAlarm'],
    ],
  ])('when %s', (_scenario, metrics, ringing) => {
    expect(findRinging(fullTemplate, metrics)).toEqual(ringing);
  });
});
