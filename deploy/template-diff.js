/**
 * Compares the deployed template with the next one, in the form in which CloudFormation describes a change set,
 * so that both are printed alike (deploy/drift.js). Pure.
 *
 * No change set is created for this. The smallest template of this service exceeds what CloudFormation accepts
 * without an upload (51,200 bytes, CloudFormation quotas); before the first deployment there is no bucket to
 * upload to; and a change set for a new stack leaves that stack behind (REVIEW_IN_PROGRESS).
 *
 * @typedef {import('./destructive-changes.js').Resource & { UpdateReplacePolicy?: string }} Resource
 * @typedef {import('./destructive-changes.js').Template} Template
 * @typedef {import('@aws-sdk/client-cloudformation').ResourceChange} ResourceChange
 */
import { isDeepStrictEqual as isDeepEqual } from 'node:util';
import { findReplacement, replacingProperties } from './replacing-properties.js';

/**
 * Finds the resources that an update creates, changes, replaces and deletes, in this order.
 *
 * @param {Template} deployed
 * @param {Template} next
 * @param {readonly string[]} otherCode logical ids of functions with other code. Templates do not show it: each
 *   deployment uploads the code under a new name
 * @returns {ResourceChange[]}
 */
export function compareTemplates({ Resources: before = {} }, { Resources: after = {} }, otherCode) {
  const isKept = (id) => before[id] !== undefined && before[id].Type === after[id]?.Type;
  const kept = Object.entries(after).filter(([id]) => isKept(id));
  const changes = kept.flatMap(([id, resource]) =>
    findChange(id, { before: before[id], after: resource, hasOtherCode: otherCode.includes(id) }),
  );
  return [
    ...Object.entries(after)
      .filter(([id]) => !isKept(id))
      .map(([id, resource]) => describe('Add', id, resource)),
    ...followReplacements(changes, kept),
    ...Object.entries(before)
      .filter(([id]) => !isKept(id))
      .map(([id, resource]) => describeRemoval(id, resource)),
  ];
}

/**
 * CloudFormation leaves a retained resource behind, in no stack.
 *
 * @returns {ResourceChange}
 */
function describeRemoval(id, resource) {
  const { DeletionPolicy = 'Delete' } = resource;
  return {
    ...describe('Remove', id, resource),
    ...(DeletionPolicy.startsWith('Retain') && { PolicyAction: 'Retain' }),
  };
}

/** @returns {ResourceChange} */
function describe(Action, LogicalResourceId, { Type }) {
  return { Action, LogicalResourceId, ResourceType: Type };
}

/** @type {Record<string, import('@aws-sdk/client-cloudformation').Replacement>} */
const replacements = { always: 'True', perhaps: 'Conditional', never: 'False' };

/** @returns {ResourceChange[]} none if nothing changes */
function findChange(id, { before, after, hasOtherCode }) {
  const details = [
    ...findDifferences('/Properties', toProperties(before), toProperties(after)),
    ...['DeletionPolicy', 'UpdateReplacePolicy'].flatMap((name) =>
      findDifferences(`/${name}`, before[name], after[name]),
    ),
    ...(hasOtherCode
      ? [{ Target: { Path: '/Properties/Code', BeforeValue: 'old code', AfterValue: 'new code' } }]
      : []),
  ];
  if (details.length === 0) return [];
  const Replacement = replacements[findReplacement(before, after)];
  return [{ ...describe('Modify', id, before), Replacement, Details: details }];
}

/**
 * Properties without the name under which the code was uploaded.
 *
 * @param {Resource} resource
 */
function toProperties({ Type, Properties = {} }) {
  if (Type !== 'AWS::Lambda::Function') return Properties;
  const { S3Key, ...Code } = Properties.Code ?? {};
  return { ...Properties, Code };
}

/**
 * One entry for each value that differs. Lists of other lengths and intrinsic functions differ as a whole.
 *
 * @returns {import('@aws-sdk/client-cloudformation').ResourceChangeDetail[]}
 */
function findDifferences(Path, before, after) {
  if (isDeepEqual(before, after)) return [];
  const names = namesToCompare(before, after);
  if (!names) {
    return [{ Target: { Path, BeforeValue: toText(before), AfterValue: toText(after) } }];
  }
  return names.flatMap((name) => findDifferences(`${Path}/${name}`, before[name], after[name]));
}

/** @returns {string[] | undefined} undefined if the two are compared as a whole */
function namesToCompare(before, after) {
  if (!isObject(before) || !isObject(after)) return undefined;
  if (Array.isArray(before) !== Array.isArray(after)) return undefined;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (Array.isArray(before)) return before.length === after.length ? names : undefined;
  return names.some((name) => /^(Ref$|Fn::)/.test(name)) ? undefined : names;
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

function toText(value) {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Adds the resources that refer to a replaced one: they change with it, or are replaced too.
 *
 * @param {ResourceChange[]} changes
 * @param {[string, Resource][]} kept resources of the next template that both templates have
 */
function followReplacements(changes, kept) {
  const byId = new Map(changes.map((change) => [change.LogicalResourceId, change]));
  const waiting = changes.filter(isReplaced);
  // Grows while it is read. Each resource enters at most twice: perhaps replaced, then replaced.
  for (const target of waiting) {
    for (const [id, resource] of kept) {
      for (const property of findReferences(resource, target.LogicalResourceId)) {
        /** @type {ResourceChange} */
        const change = byId.get(id) ?? {
          ...describe('Modify', id, resource),
          Replacement: 'False',
        };
        const followed = follow(change, property, target);
        byId.set(id, followed);
        if (isReplaced(followed) && followed.Replacement !== change.Replacement) {
          waiting.push(followed);
        }
      }
    }
  }
  return kept.flatMap(([id]) => byId.get(id) ?? []);
}

/** @param {ResourceChange} change */
function isReplaced({ Replacement }) {
  return Replacement !== 'False';
}

/**
 * @param {ResourceChange} change
 * @param {string} property that refers to `target`
 * @param {ResourceChange} target
 * @returns {ResourceChange}
 */
function follow(change, property, target) {
  const { always = [], perhaps = [] } = replacingProperties[change.ResourceType ?? ''] ?? {};
  const isCertain = always.includes(property) && target.Replacement === 'True';
  const isPossible = always.includes(property) || perhaps.includes(property);
  const { Details = [] } = change;
  const Path = `/Properties/${property}`;
  const Target = {
    Path,
    BeforeValue: `the former ${target.LogicalResourceId}`,
    AfterValue: `the new ${target.LogicalResourceId}`,
  };
  const isDescribed = Details.some((detail) => detail.Target?.Path?.startsWith(Path));
  return {
    ...change,
    ...(isPossible && change.Replacement === 'False' && { Replacement: 'Conditional' }),
    ...(isCertain && { Replacement: 'True' }),
    Details: isDescribed ? Details : [...Details, { Target }],
  };
}

/** @returns {string[]} names of the properties that refer to the resource `id` */
function findReferences({ Properties = {} }, id) {
  return Object.keys(Properties).filter((name) => refersTo(Properties[name], id));
}

function refersTo(value, id) {
  if (!isObject(value)) return false;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value;
  const [template] = [text].flat();
  return (
    Ref === id ||
    [attribute].flat()[0]?.split('.')[0] === id ||
    (typeof template === 'string' && new RegExp(`\\$\\{${id}[.}]`).test(template)) ||
    Object.values(value).some((inner) => refersTo(inner, id))
  );
}
