/**
 * serverless plugin: with `protectRooms=true`, the stack cannot be deleted (osls's
 * `provider.deletionProtection`), `serverless remove` stops before it empties the deployment bucket, and a
 * failed first deployment leaves no table behind.
 */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readDeployedStack } from '../deployed-stack.js';
import { isProtected } from '../destructive-changes.js';
import { findFirstTables } from '../first-tables.js';

export default class ProtectRooms {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.hooks = {
      'before:deploy:deploy': () => this.prepare(),
      'before:remove:remove': () => this.refuseRemoval(),
    };
  }

  async prepare() {
    const { provider } = this.serverless.service;
    const deployed = await readDeployedStack(this.provider);
    const next = provider.compiledCloudFormationTemplate;
    // A stack that exists gets the table in a separate update (table-steps.js).
    if (!deployed) {
      Object.assign(
        provider.coreCloudFormationTemplate.Resources,
        findFirstTables(undefined, next),
      );
    }
    // osls changes a stack's protection only if it is set here; protection from elsewhere stays.
    const wasProtected = hasProtectedTable(deployed?.template);
    if (wasProtected && !hasProtectedTable(next)) {
      provider.deletionProtection = false;
    }
  }

  async refuseRemoval() {
    const deployed = await readDeployedStack(this.provider);
    // The table of `roomsTableName` stays when the stack is removed.
    if (!deployed?.template?.Resources?.RoomsTable) return;
    const table = deployed.outputs.RoomsTableName;
    if (!(hasProtectedTable(deployed.template) || (await this.isProtected(table)))) return;
    throw new this.serverless.classes.Error(
      [
        'Stopped; nothing was deleted.',
        `The table ${table} of ${deployed.name} is protected. To delete it with all rooms, switch the protection off, then remove the stack:`,
        `  npx serverless deploy --stage ${this.provider.getStage()} --param="protectRooms=false" --param="accept=protectRooms"`,
      ].join('\n'),
      'ROOMS_PROTECTED',
    );
  }

  /** Reads the protection from DynamoDB, because it can be switched on by hand. */
  async isProtected(table) {
    if (!table) return false;
    const dynamoDb = new DynamoDBClient(await this.provider.getAwsSdkV3Config());
    try {
      const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: table }));
      return Table?.DeletionProtectionEnabled === true;
    } catch {
      // The table is gone, or the caller may not see it; the template was checked before.
      return false;
    }
  }
}

function hasProtectedTable({ Resources = {} } = {}) {
  return Object.values(Resources).some(
    (resource) => resource.Type === 'AWS::DynamoDB::Table' && isProtected(resource),
  );
}
