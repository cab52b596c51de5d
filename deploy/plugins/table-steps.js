/**
 * serverless plugin: deploys what deploy/table-steps.js finds, an update of the stack each, before the deployment
 * proper. They use osls's own upload and update (4.3.1), because a template of more than 51,200 bytes has to be in a
 * bucket.
 *
 * CloudFormation does not wait until a new index is built, and DynamoDB rejects the next one meanwhile.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readDeployedStack } from '../deployed-stack.js';
import { findTableSteps } from '../table-steps.js';
import { noTriggers } from './stack-update.js';

/** Building an index takes minutes for millions of items. */
const indexSeconds = 3_600;
const pollSeconds = 1;

export default class TableSteps {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.pollMs = pollSeconds * 1000;
    this.hooks = {
      'before:aws:deploy:deploy:updateStack': () => this.deploySteps(),
    };
  }

  async deploySteps() {
    const { provider } = this.serverless.service;
    const deployed = await readDeployedStack(this.provider);
    const next = provider.compiledCloudFormationTemplate;
    const steps = deployed ? findTableSteps(deployed.template, next) : [];
    if (steps.length === 0) return;
    const deployer = this.findDeployer();
    const { rollbackConfiguration } = provider;
    // Nothing of the service changes, so there is nothing to watch.
    provider.rollbackConfiguration = noTriggers;
    try {
      for (const [index, step] of steps.entries()) {
        this.serverless.cli.log(`Table: update ${index + 1} of ${steps.length} before the others`);
        provider.compiledCloudFormationTemplate = step;
        await deployer.uploadCloudFormationFile();
        await deployer.update();
        await this.waitForIndexes(step);
      }
    } finally {
      Object.assign(provider, { rollbackConfiguration, compiledCloudFormationTemplate: next });
      await deployer.uploadCloudFormationFile();
    }
  }

  findDeployer() {
    const deployer = this.serverless.pluginManager
      .getPlugins()
      .find((each) => each.constructor.name === 'AwsDeploy');
    if (deployer?.uploadCloudFormationFile && deployer.update) return deployer;
    throw new this.serverless.classes.Error(
      'Stopped; nothing was changed. This version of osls deploys in another way (deploy/plugins/table-steps.js).',
      'UNKNOWN_DEPLOYER',
    );
  }

  async waitForIndexes({ Resources = {} }) {
    const config = await this.provider.getAwsSdkV3Config();
    const cloudFormation = new CloudFormationClient(config);
    const dynamoDb = new DynamoDBClient(config);
    const endMs = Date.now() + indexSeconds * 1000;
    const ids = Object.keys(Resources).filter(
      (id) => Resources[id].Type === 'AWS::DynamoDB::Table',
    );
    for (const LogicalResourceId of ids) {
      const { StackResourceDetail } = await cloudFormation.send(
        new DescribeStackResourceCommand({
          StackName: this.provider.naming.getStackName(),
          LogicalResourceId,
        }),
      );
      const TableName = StackResourceDetail?.PhysicalResourceId;
      while (!(await isBuilt(dynamoDb, TableName))) {
        if (Date.now() > endMs) {
          throw new this.serverless.classes.Error(
            `An index of the table ${TableName} is not built after ${indexSeconds / 60} minutes. Wait until it is ACTIVE, then deploy again:\n  aws dynamodb describe-table --table-name ${TableName} --query "Table.GlobalSecondaryIndexes[].[IndexName,IndexStatus]"`,
            'INDEX_NOT_BUILT',
          );
        }
        await pause(this.pollMs);
      }
    }
  }
}

async function isBuilt(dynamoDb, TableName) {
  const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
  const statuses = [
    Table?.TableStatus,
    ...(Table?.GlobalSecondaryIndexes ?? []).map(({ IndexStatus }) => IndexStatus),
  ];
  return statuses.every((status) => status === 'ACTIVE');
}
