/**
 * Describes drift and changes of a stack, one line per resource, property and parameter. Pure.
 */
import { toTerminalText } from './terminal-text.js';

/** Longer values, such as policies, are cut. */
const maxValueCharacters = 200;

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
