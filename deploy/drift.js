/**
 * Detects drift of a stack, and describes drift and changes, one line per resource, property and parameter.
 */
import {
  DescribeStackDriftDetectionStatusCommand,
  DetectStackDriftCommand,
  paginateDescribeStackResourceDrifts,
} from '@aws-sdk/client-cloudformation';
import { poll } from './poll.js';
import { toTerminalText } from './terminal-text.js';

/** Longer values, such as policies, are cut. */
const maxValueCharacters = 200;

/**
 * Compares the stack's resources with its template.
 *
 * @param {import('@aws-sdk/client-cloudformation').CloudFormationClient} client
 * @param {string} StackName
 * @param {number} timeoutMs
 * @returns {Promise<{ drifts: import('@aws-sdk/client-cloudformation').StackResourceDrift[], unchecked?: string } | undefined>}
 *   `unchecked`: why some resources could not be compared; undefined if it did not finish in time
 */
export async function detectDrift(client, StackName, timeoutMs) {
  const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName }));
  let unchecked;
  const isDone = await poll(timeoutMs, async () => {
    const { DetectionStatus, DetectionStatusReason } = await client.send(
      new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }),
    );
    if (DetectionStatus === 'DETECTION_FAILED')
      unchecked = DetectionStatusReason ?? 'unknown reason';
    return DetectionStatus !== 'DETECTION_IN_PROGRESS';
  });
  if (!isDone) return undefined;
  const drifts = [];
  /** @type {import('@aws-sdk/client-cloudformation').StackResourceDriftStatus[]} */
  const StackResourceDriftStatusFilters = ['MODIFIED', 'DELETED'];
  for await (const page of paginateDescribeStackResourceDrifts(
    { client },
    { StackName, StackResourceDriftStatusFilters },
  )) {
    drifts.push(...(page.StackResourceDrifts ?? []));
  }
  return { drifts, unchecked };
}

/**
 * @param {import('@aws-sdk/client-cloudformation').StackResourceDrift[]} drifts
 * @returns {string[]}
 */
export function describeDrifts(drifts) {
  return drifts.flatMap(
    ({ LogicalResourceId, ResourceType, StackResourceDriftStatus, PropertyDifferences = [] }) => [
      `  - ${LogicalResourceId} (${ResourceType}): ${StackResourceDriftStatus === 'DELETED' ? 'deleted' : 'changed'}`,
      ...PropertyDifferences.map(
        ({ PropertyPath, ExpectedValue, ActualValue }) =>
          `      ${PropertyPath}: ${shorten(ActualValue)} instead of ${shorten(ExpectedValue)}`,
      ),
    ],
  );
}

const actions = {
  Add: 'creates',
  Modify: 'changes',
  Remove: 'deletes',
  Import: 'imports',
  Dynamic: 'may change',
  SyncWithActual: 'records, without a change,',
};

/**
 * @param {import('@aws-sdk/client-cloudformation').ResourceChange[]} changes
 * @returns {string[]}
 */
export function describeChanges(changes) {
  return changes.flatMap((change) => {
    const { LogicalResourceId, ResourceType, Replacement, Details = [] } = change;
    const isDeleted = change.ResourceDriftStatus === 'DELETED';
    const isReplaced = Replacement === 'True' || Replacement === 'Conditional';
    const verb = isDeleted ? 'creates again' : findVerb(change);
    const replaced =
      isReplaced && !isDeleted
        ? `, ${Replacement === 'True' ? 'by replacing it' : 'perhaps by replacing it'}`
        : '';
    return [
      `  - ${verb} ${LogicalResourceId} (${ResourceType})${replaced}`,
      ...Details.flatMap(({ Target }) =>
        Target?.Path
          ? [
              `      ${Target.Path}: ${shorten(Target.BeforeValue)} becomes ${shorten(Target.AfterValue)}`,
            ]
          : [],
      ),
    ];
  });
}

/** @param {import('@aws-sdk/client-cloudformation').ResourceChange} change */
function findVerb({ Action = 'Dynamic', PolicyAction }) {
  if (Action === 'Remove' && PolicyAction === 'Retain') return 'keeps, outside of the stack,';
  return actions[Action];
}

/**
 * Describes changes that only create, by type: a first deployment creates more resources than a screen has lines.
 *
 * @param {import('@aws-sdk/client-cloudformation').ResourceChange[]} changes
 * @returns {string[]}
 */
export function countByType(changes) {
  const types = changes.map(({ ResourceType = '' }) => ResourceType).sort();
  return [...new Set(types)].map(
    (type) => `  - creates ${types.filter((each) => each === type).length} ${type}`,
  );
}

/**
 * @param {Record<string, string>} before as text, by name
 * @param {Record<string, string>} after
 * @returns {string[]}
 */
export function describeParameterChanges(before, after) {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .map((name) => `  ${name}: ${shorten(before[name])} becomes ${shorten(after[name])}`);
}

/** @param {string} [value] */
function shorten(value = 'nothing') {
  const text = toTerminalText(value);
  return text.length > maxValueCharacters ? `${text.slice(0, maxValueCharacters)}…` : text;
}
