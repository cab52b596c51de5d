/** Reads a deployed stack through AWS's API. */
import { createHash } from 'node:crypto';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Template } from '../package-service.ts';
import type { Emulator } from './emulators.ts';

/** A function's configuration in Lambda. */
export interface DeployedFunction {
  readonly runtime: string;
  readonly handler: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly variables: Readonly<Record<string, string>>;
  /** SHA-256 of the zip, base64. */
  readonly codeHash: string;
}

export interface DeployedStack {
  readTemplate(): Promise<Template>;
  /** Physical ids of the existing resources by logical id. */
  listResources(): Promise<Map<string, string>>;
  readFunction(name: string): Promise<DeployedFunction>;
  /** Downloads the uploaded zip of a function, given by its logical id. */
  fetchZip(logicalId: string): Promise<Buffer>;
  /** Returns the parameters that the stack records. */
  readParameters(): Promise<Record<string, string>>;
  /** Whether deletion protection is on for the table of rooms. */
  isTableProtected(): Promise<boolean>;
  /** Counts messages by the queue's logical id. */
  countMessages(): Promise<Record<string, number>>;
  /** Lists everything in the account that a stack could leave behind. */
  listLeftovers(): Promise<string[]>;
}

export function openStack({ clientConfig }: Emulator, stackName: string): DeployedStack {
  const cloudFormation = new CloudFormationClient(clientConfig);
  const lambda = new LambdaClient(clientConfig);
  const iam = new IAMClient(clientConfig);
  const s3 = new S3Client({ ...clientConfig, forcePathStyle: true });
  const logs = new CloudWatchLogsClient(clientConfig);
  const eventBridge = new EventBridgeClient(clientConfig);
  const dynamoDb = new DynamoDBClient(clientConfig);
  const sqs = new SQSClient(clientConfig);

  async function readTemplate(): Promise<Template> {
    const { TemplateBody } = await cloudFormation.send(
      new GetTemplateCommand({ StackName: stackName }),
    );
    return JSON.parse(TemplateBody ?? '');
  }

  async function listResources(): Promise<Map<string, string>> {
    const ids = new Map<string, string>();
    const pages = paginateListStackResources({ client: cloudFormation }, { StackName: stackName });
    for await (const { StackResourceSummaries = [] } of pages) {
      for (const { LogicalResourceId = '', PhysicalResourceId = '' } of StackResourceSummaries) {
        ids.set(LogicalResourceId, PhysicalResourceId);
      }
    }
    return ids;
  }

  return {
    readTemplate,
    listResources,

    async readFunction(name) {
      const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      return {
        runtime: found.Runtime ?? '',
        handler: found.Handler ?? '',
        memoryMegabytes: found.MemorySize ?? 0,
        timeoutSeconds: found.Timeout ?? 0,
        variables: found.Environment?.Variables ?? {},
        codeHash: found.CodeSha256 ?? '',
      };
    },

    async fetchZip(logicalId) {
      const [{ Resources }, resources] = await Promise.all([readTemplate(), listResources()]);
      const { S3Key } = Resources[logicalId]?.Properties['Code'] ?? {};
      const bucket = resources.get('ServerlessDeploymentBucket') ?? '';
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: S3Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },

    async readParameters() {
      const { Stacks } = await cloudFormation.send(
        new DescribeStacksCommand({ StackName: stackName }),
      );
      const output = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'Parameters');
      return JSON.parse(output?.OutputValue ?? '');
    },

    async isTableProtected() {
      const name = (await listResources()).get('RoomsTable');
      const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: name }));
      return Table?.DeletionProtectionEnabled === true;
    },

    async countMessages() {
      const counts: Record<string, number> = {};
      for (const [id, url] of await listResources()) {
        if (!url.startsWith('http')) continue;
        const { Attributes } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
        );
        const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } =
          Attributes ?? {};
        counts[id] =
          Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
      }
      return counts;
    },

    async listLeftovers() {
      const [stacks, functions, mappings, roles, groups, buckets, rules, tables, queues] =
        await Promise.all([
          cloudFormation.send(new ListStacksCommand({})),
          lambda.send(new ListFunctionsCommand({})),
          lambda.send(new ListEventSourceMappingsCommand({})),
          iam.send(new ListRolesCommand({})),
          logs.send(new DescribeLogGroupsCommand({})),
          s3.send(new ListBucketsCommand({})),
          eventBridge.send(new ListRulesCommand({})),
          dynamoDb.send(new ListTablesCommand({})),
          sqs.send(new ListQueuesCommand({})),
        ]);
      return [
        ...(stacks.StackSummaries ?? [])
          .filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')
          .map(({ StackName }) => `stack ${StackName}`),
        ...(functions.Functions ?? []).map(({ FunctionName }) => `function ${FunctionName}`),
        ...(mappings.EventSourceMappings ?? []).map(({ UUID }) => `event source mapping ${UUID}`),
        ...(roles.Roles ?? []).map(({ RoleName }) => `role ${RoleName}`),
        ...(groups.logGroups ?? []).map(({ logGroupName }) => `log group ${logGroupName}`),
        ...(buckets.Buckets ?? []).map(({ Name }) => `bucket ${Name}`),
        ...(rules.Rules ?? []).map(({ Name }) => `rule ${Name}`),
        ...(tables.TableNames ?? []).map((name) => `table ${name}`),
        ...(queues.QueueUrls ?? []).map((queue) => `queue ${queue}`),
      ];
    },
  };
}

/** Returns the hash that Lambda has of a zip. */
export function hashZip(zip: Buffer): string {
  return createHash('sha256').update(zip).digest('base64');
}
