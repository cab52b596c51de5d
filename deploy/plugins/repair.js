/**
 * serverless plugin: `serverless repair --stage <stage>` shows how the stack's resources differ from its
 * template, and reverts that in a second run.
 *
 * Deploying again does not repair: CloudFormation compares templates, not reality. A drift-aware change set
 * compares both. The first run changes nothing; `--execute` names the change set that it showed, and `--restore`
 * the backup. A change set is outdated once the stack changes, so what runs is what was shown.
 *
 * Sources: CloudFormation user guide, "Using drift-aware change sets"; DynamoDB developer guide, "Backing up
 * a table" (a deleted table's system backup) and "Restoring a table" (settings that are not restored).
 */
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  ExecuteChangeSetCommand,
  paginateDescribeChangeSet,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readDeployedStack } from '../deployed-stack.js';
import { describeChanges, describeDrifts, detectDrift } from '../drift.js';
import { poll } from '../poll.js';
import { findDeletedTable, restoreTable } from '../restore-table.js';

const detectionSeconds = 600;
const changeSetSeconds = 600;
const updateSeconds = 1800;

export default class Repair {
  constructor(serverless, options) {
    this.serverless = serverless;
    this.options = options;
    this.provider = serverless.getProvider('aws');
    this.commands = {
      repair: {
        usage: 'Show how resources differ from the template, and revert that',
        lifecycleEvents: ['repair'],
        options: {
          execute: { type: 'string', usage: 'Change set to execute, as an earlier run showed it' },
          restore: {
            type: 'string',
            usage: 'Backup of the deleted table, as an earlier run showed it',
          },
        },
      },
    };
    this.hooks = { 'repair:repair': () => this.repair() };
  }

  async repair() {
    const deployed = await this.readDeployed();
    const config = await this.provider.getAwsSdkV3Config();
    const client = new CloudFormationClient(config);
    if (this.options.execute) return this.execute(client, deployed.name, this.options.execute);
    await this.repairTable(new DynamoDBClient(config), deployed);
    await this.showDrift(client, deployed.name);
    await this.prepare(client, deployed.name);
  }

  async readDeployed() {
    const deployed = await readDeployedStack(this.provider);
    const stackName = this.provider.naming.getStackName();
    if (!deployed) {
      throw this.error([`The stack ${stackName} does not exist in ${this.provider.getRegion()}.`]);
    }
    if (deployed.status.endsWith('_IN_PROGRESS')) {
      throw this.error([
        `The stack ${stackName} is ${deployed.status}. Wait until it has finished.`,
      ]);
    }
    return deployed;
  }

  /** The table first: CloudFormation would create an empty one, under another name. */
  async repairTable(dynamoDb, deployed) {
    const table = Object.values(deployed.template.Resources ?? {}).find(
      ({ Type }) => Type === 'AWS::DynamoDB::Table',
    );
    // The table of `roomsTableName` does not belong to the stack.
    if (!table) return;
    const tableName = deployed.outputs.RoomsTableName;
    const found = tableName && (await findDeletedTable(dynamoDb, tableName));
    if (!found) return;
    if (!found.backup) {
      this.log([
        `The table ${tableName} was deleted, and there is no backup of it: the change set below creates an empty one, so every room gets a new session.`,
      ]);
      return;
    }
    const { arn, createdAt } = found.backup;
    if (this.options.restore !== arn) {
      throw this.error([
        `The table ${tableName} was deleted. Its backup of ${createdAt} is available. Restore it under its old name:`,
        `  ${this.command(`--restore "${arn}"`)}`,
      ]);
    }
    this.log([`Restoring ${tableName} from its backup of ${createdAt}; this takes some minutes`]);
    await restoreTable(dynamoDb, {
      tableName,
      backupArn: arn,
      properties: table.Properties ?? {},
    });
    this.log([`Restored ${tableName}, with its expiry, point-in-time recovery and protection`]);
  }

  async showDrift(client, stackName) {
    const found = await detectDrift(client, stackName, detectionSeconds * 1000);
    if (!found) throw this.lateError(detectionSeconds, 'drift detection');
    const { drifts, unchecked } = found;
    if (unchecked) {
      // Drift of some resources may still be known; the change set reads all of them again.
      this.log([`CloudFormation could not check every resource: ${unchecked}`]);
    }
    this.log(
      drifts.length === 0
        ? ['No resource was found that differs from the template.']
        : ['These resources differ from the template:', ...describeDrifts(drifts)],
    );
  }

  async prepare(client, StackName) {
    const ChangeSetName = `repair-${Date.now()}`;
    await client.send(
      new CreateChangeSetCommand({
        StackName,
        ChangeSetName,
        ChangeSetType: 'UPDATE',
        UsePreviousTemplate: true,
        DeploymentMode: 'REVERT_DRIFT',
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
        // The alarms may ring for what is repaired here.
        RollbackConfiguration: { RollbackTriggers: [], MonitoringTimeInMinutes: 0 },
      }),
    );
    let changeSet;
    const isDone = await poll(changeSetSeconds * 1000, async () => {
      changeSet = await readChangeSet(client, StackName, ChangeSetName);
      return ['CREATE_COMPLETE', 'FAILED'].includes(changeSet.status);
    });
    if (!isDone) throw this.lateError(changeSetSeconds, 'change set');
    if (changeSet.status === 'FAILED' || changeSet.changes.length === 0) {
      await client.send(new DeleteChangeSetCommand({ StackName, ChangeSetName }));
      const isEmpty =
        changeSet.status !== 'FAILED' || /didn't contain changes|No updates/.test(changeSet.reason);
      if (!isEmpty) throw this.error([`CloudFormation prepared no repair: ${changeSet.reason}`]);
      this.log(['There is nothing to repair.']);
      return;
    }
    this.log([
      'Nothing was changed. A repair would make these changes:',
      ...describeChanges(changeSet.changes),
      'To make them:',
      `  ${this.command(`--execute ${ChangeSetName}`)}`,
    ]);
  }

  async execute(client, StackName, ChangeSetName) {
    const { status, executionStatus, changes } = await readChangeSet(
      client,
      StackName,
      ChangeSetName,
    );
    if (status !== 'CREATE_COMPLETE' || executionStatus !== 'AVAILABLE') {
      throw this.error([
        `The change set ${ChangeSetName} cannot be executed: it is ${executionStatus ?? status}. Run npx serverless repair again to see what is to be repaired now.`,
      ]);
    }
    this.log(['Making these changes:', ...describeChanges(changes)]);
    await client.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
    try {
      await waitUntilStackUpdateComplete(
        { client, maxWaitTime: updateSeconds, minDelay: 1, maxDelay: 10 },
        { StackName },
      );
    } catch {
      throw this.error([
        `The repair did not succeed; CloudFormation restores what was there. Its events say why:`,
        `  aws cloudformation describe-stack-events --region ${this.provider.getRegion()} --stack-name ${StackName}`,
      ]);
    }
    this.log([`Repaired ${StackName}.`]);
  }

  lateError(seconds, what) {
    return this.error([`The ${what} did not finish within ${seconds} seconds. Try again.`]);
  }

  command(option) {
    return `npx serverless repair --stage ${this.provider.getStage()} --region ${this.provider.getRegion()} ${option}`;
  }

  log(lines) {
    for (const line of lines) this.serverless.cli.log(line);
  }

  error(lines) {
    return new this.serverless.classes.Error(lines.join('\n'), 'REPAIR_STOPPED');
  }
}

async function readChangeSet(client, StackName, ChangeSetName) {
  const pages = [];
  for await (const page of paginateDescribeChangeSet(
    { client },
    { StackName, ChangeSetName, IncludePropertyValues: true },
  )) {
    pages.push(page);
  }
  const { Status = '', StatusReason = '', ExecutionStatus } = pages[0] ?? {};
  return {
    status: Status,
    reason: StatusReason,
    executionStatus: ExecutionStatus,
    changes: pages.flatMap(({ Changes = [] }) =>
      Changes.flatMap(({ ResourceChange }) => ResourceChange ?? []),
    ),
  };
}
