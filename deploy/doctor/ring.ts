/**
 * `serverless doctor --ring`: rings one alarm for each topic, and lists the subscribers that it should reach.
 *
 * Sources: CloudWatch API reference, "SetAlarmState" (the alarm returns to its real state at its next evaluation,
 * usually within a minute) and "DescribeAlarmHistory" (whether the topic accepted the message).
 */
import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import type { Template } from '../destructive-changes.js';
import { poll } from '../poll.js';
import { CheckFailure, CheckFailures, describeFailure } from './check.ts';
import type { StackParts } from './deployed.ts';

const REASON = 'Test with npx serverless doctor --ring. There is nothing to do.';
const HISTORY_MS = 20_000;

export interface RingOptions {
  readonly cloudWatch: CloudWatchClient;
  readonly sns: SNSClient;
  readonly stack: StackParts;
  /** Of the stack, in CloudFormation. */
  readonly status: string;
}

/**
 * Rings, waits until CloudWatch has notified the topics, and lists their subscribers.
 *
 * @throws CheckFailure
 */
export async function ring(
  { cloudWatch, sns, stack, status }: RingOptions,
  abortSignal: AbortSignal,
): Promise<string> {
  if (status.endsWith('_IN_PROGRESS')) {
    throw new CheckFailure(`the stack is ${status}. Wait until it has finished`);
  }
  const alarms = chooseAlarms(stack.template);
  if (alarms.length === 0) throw new CheckFailure('there is no alarm to ring: set alarmTopicArn');
  const rang: string[] = [];
  const failures: string[] = [];
  for (const { id, topicArn } of alarms) {
    try {
      const alarmName = stack.physicalIds.get(id);
      if (!alarmName) throw new CheckFailure(`${id} was deleted: run npx serverless repair`);
      await ringAlarm(cloudWatch, alarmName, abortSignal);
      rang.push(`${id} rang. ${await describeSubscribers(sns, topicArn, abortSignal)}`);
    } catch (cause) {
      failures.push(describeFailure(cause));
    }
  }
  if (failures.length > 0) throw new CheckFailures(failures);
  return rang.join('. ');
}

/** One metric alarm for each topic; none that a deployment watches, which would roll it back. */
function chooseAlarms({ Resources = {} }: Template) {
  const watched = Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::CompositeAlarm')
    .map(({ Properties }) => JSON.stringify(Properties?.['AlarmRule']));
  const byTopic = new Map<string, string>();
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    const [topicArn] = Properties?.['AlarmActions'] ?? [];
    if (Type !== 'AWS::CloudWatch::Alarm' || !topicArn || byTopic.has(topicArn)) continue;
    if (!watched.some((rule) => rule.includes(`{${id}}`))) byTopic.set(topicArn, id);
  }
  return [...byTopic].map(([topicArn, id]) => ({ topicArn, id }));
}

async function ringAlarm(
  cloudWatch: CloudWatchClient,
  AlarmName: string,
  abortSignal: AbortSignal,
): Promise<void> {
  const readNewest = async () => {
    const command = new DescribeAlarmHistoryCommand({
      ...{ AlarmName, HistoryItemType: 'Action', MaxRecords: 1 },
      ScanBy: 'TimestampDescending',
    });
    const { AlarmHistoryItems = [] } = await cloudWatch.send(command, { abortSignal });
    const { Timestamp, HistorySummary = '' } = AlarmHistoryItems[0] ?? {};
    return { timeMs: Timestamp?.getTime() ?? 0, summary: HistorySummary };
  };
  const before = await readNewest();
  await cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: REASON }),
    { abortSignal },
  );
  let summary = '';
  await poll(HISTORY_MS, async () => {
    const newest = await readNewest();
    if (newest.timeMs > before.timeMs) summary = newest.summary;
    return summary !== '';
  });
  if (summary === '') {
    throw new CheckFailure(
      `CloudWatch has not notified the topic of ${AlarmName} within ${HISTORY_MS / 1000} seconds. It does not if the alarm rang already: aws cloudwatch describe-alarm-history --alarm-name ${AlarmName}`,
    );
  }
  if (!/^Successfully/.test(summary)) {
    throw new CheckFailure(
      `${AlarmName} rang and reached no one: ${summary}. A deployment checks the policies of topic and key: npx serverless diff`,
    );
  }
}

async function describeSubscribers(
  client: SNSClient,
  TopicArn: string,
  abortSignal: AbortSignal,
): Promise<string> {
  const subscribers: string[] = [];
  const pending: string[] = [];
  const pages = paginateListSubscriptionsByTopic({ client }, { TopicArn }, { abortSignal });
  for await (const { Subscriptions = [] } of pages) {
    for (const { Protocol, Endpoint, SubscriptionArn = '' } of Subscriptions) {
      const isConfirmed = SubscriptionArn.startsWith('arn:');
      (isConfirmed ? subscribers : pending).push(`${Protocol} ${hidePath(Endpoint)}`);
    }
  }
  const unconfirmed = `not confirmed: ${pending.join(', ')}`;
  if (subscribers.length === 0) {
    throw new CheckFailure(
      `${TopicArn} has no subscriber${pending.length > 0 ? ` (${unconfirmed})` : ''}: aws sns subscribe --topic-arn ${TopicArn} --protocol email --notification-endpoint <address>, then confirm it`,
    );
  }
  const others = pending.length > 0 ? `; ${unconfirmed}` : '';
  return `${TopicArn} should reach ${subscribers.join(', ')}${others}`;
}

/** Returns an endpoint without the path of a URL, in which services for alarms have their keys. */
function hidePath(endpoint = ''): string {
  return /^https?:/.test(endpoint) && URL.canParse(endpoint)
    ? `${new URL(endpoint).origin}/…`
    : endpoint;
}
