/**
 * serverless plugin: with `protectRooms=true`, the stack cannot be deleted (osls's
 * `provider.deletionProtection`), `serverless remove` stops before it empties the deployment bucket, and a
 * failed first deployment leaves no table behind.
 */
import {
  CloudFormationClient,
  UpdateStackCommand,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readDeployedStack } from '../deployed-stack.js';
import { isProtected } from '../destructive-changes.js';
import { findFirstTables } from '../first-tables.js';

const tableCreationSeconds = 300;

export default class ProtectRooms {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    /** @type {ReturnType<typeof findFirstTables>} */
    this.firstTables = {};
    this.hooks = {
      'before:deploy:deploy': () => this.prepare(),
      'before:aws:deploy:deploy:checkForChanges': () => this.makeFirstTables(),
      'before:remove:remove': () => this.refuseRemoval(),
    };
  }

  async prepare() {
    const { provider } = this.serverless.service;
    this.deployed = await readDeployedStack(this.provider);
    this.firstTables = findFirstTables(
      this.deployed?.template,
      provider.compiledCloudFormationTemplate,
    );
    if (!this.deployed) {
      Object.assign(provider.coreCloudFormationTemplate.Resources, this.firstTables);
    }
    // osls changes a stack's protection only if it is set here; protection from elsewhere stays.
    const wasProtected = hasProtectedTable(this.deployed?.template);
    if (wasProtected && !hasProtectedTable(provider.compiledCloudFormationTemplate)) {
      provider.deletionProtection = false;
    }
  }

  /** A failed first deployment without protection leaves a stack without the table. */
  async makeFirstTables() {
    if (!this.deployed || Object.keys(this.firstTables).length === 0) return;
    const { name, template } = this.deployed;
    const cloudFormation = new CloudFormationClient(await this.provider.getAwsSdkV3Config());
    const withTables = { ...template, Resources: { ...template.Resources, ...this.firstTables } };
    await cloudFormation.send(
      new UpdateStackCommand({
        StackName: name,
        TemplateBody: JSON.stringify(withTables),
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      }),
    );
    await waitUntilStackUpdateComplete(
      { client: cloudFormation, maxWaitTime: tableCreationSeconds, minDelay: 1, maxDelay: 5 },
      { StackName: name },
    );
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
