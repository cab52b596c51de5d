/**
 * Finds the updates of the stack that come before the deployment proper, because CloudFormation cannot make
 * all changes of a table in one update. Pure.
 *
 * - A protected table is created without its protection first (first-tables.js).
 * - CloudFormation creates or deletes one index of a table per update. So of several changes, each but the last is a
 *   separate update. Creations come first: code that runs may use the indexes that are deleted.
 *
 * Source: CloudFormation template reference, AWS::DynamoDB::Table, `GlobalSecondaryIndexes`.
 */
import { findFirstTables } from './first-tables.js';

/**
 * @typedef {import('./destructive-changes.js').Template} Template
 * @typedef {import('./destructive-changes.js').Resource} Resource
 */

/**
 * @param {Template} deployed
 * @param {Template} next
 * @returns {Template[]} the templates to deploy first, in this order
 */
export function findTableSteps(deployed, next) {
  const steps = [];
  let template = deployed;
  const add = (/** @type {Record<string, Resource>} */ changed) => {
    template = { ...template, Resources: { ...template.Resources, ...changed } };
    steps.push(template);
  };
  const firstTables = findFirstTables(deployed, next);
  if (Object.keys(firstTables).length > 0) add(firstTables);
  for (const [id, before] of Object.entries(deployed.Resources ?? {})) {
    const after = next.Resources?.[id];
    if (before.Type !== 'AWS::DynamoDB::Table' || after?.Type !== before.Type) continue;
    for (const table of findIndexSteps(before, after)) add({ [id]: table });
  }
  return steps;
}

/**
 * @param {Resource} before
 * @param {Resource} after
 */
function findIndexSteps(before, after) {
  const [old, wanted] = [indexesOf(before), indexesOf(after)];
  const created = wanted.filter((index) => !has(old, index));
  const deleted = old.filter((index) => !has(wanted, index));
  const changes = [
    ...created.map((index) => (/** @type {any[]} */ indexes) => [...indexes, index]),
    ...deleted.map(
      (index) => (/** @type {any[]} */ indexes) => indexes.filter((each) => !has([index], each)),
    ),
  ];
  const steps = [];
  let indexes = old;
  for (const change of changes.slice(0, -1)) {
    indexes = change(indexes);
    steps.push(withIndexes(before, indexes, attributesOf(after)));
  }
  return steps;
}

function has(indexes, { IndexName }) {
  return indexes.some((index) => index.IndexName === IndexName);
}

function indexesOf({ Properties: { GlobalSecondaryIndexes = [] } = {} }) {
  return GlobalSecondaryIndexes;
}

function attributesOf({ Properties: { AttributeDefinitions = [] } = {} }) {
  return AttributeDefinitions;
}

/** DynamoDB accepts definitions of exactly the attributes that are keys. */
function withIndexes(table, indexes, moreAttributes) {
  const { KeySchema = [], LocalSecondaryIndexes = [] } = table.Properties ?? {};
  const schemas = [{ KeySchema }, ...LocalSecondaryIndexes, ...indexes];
  const keys = new Set(
    schemas.flatMap(({ KeySchema: schema }) => schema.map(({ AttributeName }) => AttributeName)),
  );
  const known = [...attributesOf(table), ...moreAttributes];
  return {
    ...table,
    Properties: {
      ...table.Properties,
      AttributeDefinitions: [...keys].map((key) =>
        known.find(({ AttributeName }) => AttributeName === key),
      ),
      GlobalSecondaryIndexes: indexes,
    },
  };
}
