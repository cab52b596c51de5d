/**
 * `serverless doctor --call`: what the running stack says about itself: mappings of queues, alarms, drift.
 */
import type { CloudFormationClient, StackResourceDrift } from '@aws-sdk/client-cloudformation';
import { type CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { GetEventSourceMappingCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Template } from '../destructive-changes.js';
import { describeDrifts, detectDrift } from '../drift.js';
import { CheckFailure, CheckFailures } from './check.ts';

export interface StackParts {
  readonly template: Template;
  /** Names of the resources in their services, by logical id. */
  readonly physicalIds: ReadonlyMap<string | undefined, string | undefined>;
}

/** Of `DescribeAlarms`. */
const MAX_NAMES = 100;
const REPAIR = 'run npx serverless repair';

/** Lists the resources of some types by logical id. */
export function listResources({ template, physicalIds }: StackParts, ...types: readonly string[]) {
  return Object.entries(template.Resources ?? {})
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id]) => ({ id, physicalId: physicalIds.get(id) }));
}

/** Checks that the queues are polled. @throws CheckFailures */
export async function checkMappings(
  lambda: LambdaClient,
  parts: StackParts,
  abortSignal: AbortSignal,
): Promise<string> {
  const mappings = listResources(parts, 'AWS::Lambda::EventSourceMapping');
  if (mappings.length === 0) return 'none, because no trigger is on';
  const faults = mappings.map(async ({ id, physicalId }) => {
    const command = new GetEventSourceMappingCommand({ UUID: physicalId });
    const state = await lambda.send(command, { abortSignal }).then(
      ({ State = 'in no state' }) => State,
      (cause: Error) => {
        if (cause.name !== 'ResourceNotFoundException') throw cause;
        return 'deleted';
      },
    );
    if (['Enabled', 'Enabling', 'Updating'].includes(state)) return [];
    return [`${id} is ${state}, so its queue is not processed: ${REPAIR}`];
  });
  report((await Promise.all(faults)).flat());
  return `${mappings.map(({ id }) => id).join(', ')} enabled`;
}

/** Checks that every alarm exists, notifies and does not ring. @throws CheckFailures */
export async function checkAlarms(
  cloudWatch: CloudWatchClient,
  parts: StackParts,
  abortSignal: AbortSignal,
): Promise<string> {
  const alarms = listResources(parts, 'AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm');
  if (alarms.length === 0) return 'none: set alarmTopicArn';
  const found = await describeAlarms(
    cloudWatch,
    alarms.flatMap(({ physicalId }) => physicalId ?? []),
    abortSignal,
  );
  const faults = alarms.flatMap(({ id, physicalId }) => {
    const alarm = found.get(physicalId);
    if (!alarm) return [`${id} was deleted: ${REPAIR}`];
    const { StateValue, StateUpdatedTimestamp, ActionsEnabled, AlarmDescription } = alarm;
    if (StateValue === 'ALARM') {
      return [`${id} rings since ${StateUpdatedTimestamp?.toISOString()}: ${AlarmDescription}`];
    }
    if (ActionsEnabled !== false) return [];
    return [
      `${id} notifies no one: aws cloudwatch enable-alarm-actions --alarm-names ${physicalId}`,
    ];
  });
  report(faults);
  return `${alarms.length} alarms, none rings`;
}

async function describeAlarms(
  client: CloudWatchClient,
  names: readonly string[],
  abortSignal: AbortSignal,
) {
  const found = new Map<string | undefined, AlarmState>();
  for (let start = 0; start < names.length; start += MAX_NAMES) {
    const AlarmNames = names.slice(start, start + MAX_NAMES);
    const input = { AlarmNames, AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] };
    for await (const page of paginateDescribeAlarms({ client }, input, { abortSignal })) {
      for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
        found.set(alarm.AlarmName, alarm);
      }
    }
  }
  return found;
}

interface AlarmState {
  readonly StateValue?: string | undefined;
  readonly StateUpdatedTimestamp?: Date | undefined;
  readonly ActionsEnabled?: boolean | undefined;
  readonly AlarmDescription?: string | undefined;
}

/** Compares the stack with its template. @throws CheckFailure */
export async function checkDrift(
  cloudFormation: CloudFormationClient,
  stackName: string,
  timeoutMs: number,
): Promise<string> {
  const found = await detectDrift(cloudFormation, stackName, timeoutMs);
  if (!found) throw new CheckFailure(`not known after ${timeoutMs / 1000} seconds. Try again`);
  const drifts = found.drifts.flatMap(withoutRecycling);
  report(
    drifts.map(
      (drift) =>
        `${describeDrifts([drift])
          .map((line) => line.trim().replace(/^- /, ''))
          .join('; ')}: ${REPAIR}`,
    ),
  );
  const unchecked = found.unchecked ? `. Not every resource was compared: ${found.unchecked}` : '';
  return `no resource differs from the template${unchecked}`;
}

/** Removes what `serverless recycle` changes. */
function withoutRecycling(drift: StackResourceDrift): StackResourceDrift[] {
  const { StackResourceDriftStatus, PropertyDifferences = [] } = drift;
  if (StackResourceDriftStatus === 'DELETED') return [drift];
  const others = PropertyDifferences.filter(
    ({ PropertyPath }) => PropertyPath !== '/Environment/Variables/RECYCLED_AT',
  );
  return others.length > 0 ? [{ ...drift, PropertyDifferences: others }] : [];
}

function report(faults: readonly string[]): void {
  if (faults.length > 0) throw new CheckFailures(faults);
}
