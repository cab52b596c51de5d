/**
 * Reads a deployed stack back through AWS's own API.
 */
import { createHash } from 'node:crypto';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Template } from '../package-service.ts';
import type { Moto } from './moto.ts';

/** A function as Lambda has it. */
export interface DeployedFunction {
  readonly runtime: string;
  readonly handler: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly variables: Readonly<Record<string, string>>;
  /** SHA-256 of the zip, base64. */
  readonly codeHash: string;
  /** What its role may do, as lines `action on resource`. */
  readonly permissions: readonly string[];
}

export interface DeployedStack {
  readTemplate(): Promise<Template>;
  /** Physical ids by logical id, of the resources that are there. */
  listResources(): Promise<Map<string, string>>;
  readFunction(name: string): Promise<DeployedFunction>;
  /** The uploaded zip of a function, by its logical id: its place is in the stack's template. */
  fetchZip(logicalId: string): Promise<Buffer>;
  /** What the stack says that it was deployed with. */
  readParameters(): Promise<Record<string, string>>;
  /** Whether the table of rooms refuses to be deleted. */
  isTableProtected(): Promise<boolean>;
  /** Messages by the queue's logical id. */
  countMessages(): Promise<Record<string, number>>;
  /** Everything in the account that a stack could leave behind. */
  listLeftovers(): Promise<string[]>;
}

export function openStack({ clientConfig }: Moto, stackName: string): DeployedStack {
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
    const { StackResourceSummaries = [] } = await cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stackName }),
    );
    return new Map(
      StackResourceSummaries.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    );
  }

  async function readPermissions(roleName: string): Promise<string[]> {
    const { PolicyNames = [] } = await iam.send(
      new ListRolePoliciesCommand({ RoleName: roleName }),
    );
    const lines: string[] = [];
    for (const PolicyName of PolicyNames) {
      const { PolicyDocument = '' } = await iam.send(
        new GetRolePolicyCommand({ RoleName: roleName, PolicyName }),
      );
      for (const { Action, Resource } of readPolicy(PolicyDocument).Statement) {
        for (const action of [Action].flat()) lines.push(`${action} on ${Resource}`);
      }
    }
    return lines.sort();
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
        permissions: await readPermissions(found.Role?.split('/').at(-1) ?? ''),
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

/** Moto gives a policy that CloudFormation made as Python prints it, and not in percent-encoding. */
function readPolicy(text: string): {
  readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: string }[];
} {
  return JSON.parse(decodeURIComponent(text).replaceAll("'", '"'));
}

/** As Lambda tells a zip's identity. */
export function hashZip(zip: Buffer): string {
  return createHash('sha256').update(zip).digest('base64');
}
