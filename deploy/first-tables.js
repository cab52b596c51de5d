/**
 * Finds protected tables that a deployment creates.
 *
 * When a deployment fails, CloudFormation deletes what it created, but it cannot delete a protected table:
 * the rollback leaves the table behind, in no stack, and the next deployment creates another. Therefore such
 * a table is first created without protection, in a separate step. The deployment proper then protects a
 * table that the stack already has, and if it fails, the rollback removes only the protection. Pure.
 */
import { isProtected } from './destructive-changes.js';

/**
 * @param {import('./destructive-changes.js').Template | undefined} deployed
 * @param {import('./destructive-changes.js').Template} next
 * @returns {Record<string, import('./destructive-changes.js').Resource>} the tables to create first, unprotected
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
