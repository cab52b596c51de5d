/**
 * Tables that refuse to be deleted, in a deployment that makes them.
 *
 * When a deployment fails, CloudFormation deletes what it had made. A protected table it cannot
 * delete: the rollback leaves it behind, in no stack, and the next deployment makes another. So such
 * a table is made in a step of its own, without protection, and the deployment proper protects a
 * table that the stack has already; failing, it makes that one unprotected again. Pure.
 */
import { isProtected } from './losses.js';

/**
 * @param {import('./losses.js').Template | undefined} deployed
 * @param {import('./losses.js').Template} next
 * @returns {Record<string, import('./losses.js').Resource>} the tables to make first, unprotected
 */
export function findFirstTables(deployed, next) {
  const tables = Object.entries(next.Resources ?? {}).filter(
    ([id, resource]) =>
      resource.Type === 'AWS::DynamoDB::Table' &&
      isProtected(resource) &&
      !deployed?.Resources?.[id],
  );
  return Object.fromEntries(
    tables.map(([id, resource]) => [
      id,
      { ...resource, Properties: { ...resource.Properties, DeletionProtectionEnabled: false } },
    ]),
  );
}
