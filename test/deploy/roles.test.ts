/**
 * What each function's role allows, by simulation: every action of the services that the functions call,
 * on every resource of the account in question. The table below lists what is allowed, by the parameters
 * that add it; everything else must be denied.
 */
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as events from '@aws-sdk/client-eventbridge';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sqs from '@aws-sdk/client-sqs';
import { describe, expect, inject, it } from 'vitest';
import { parametersOf } from '../../deploy/parameters.js';
import { readParameters } from '../../deploy/read-parameters.js';
import { stack as callbacks } from '../../deploy/resources/callbacks.js';
import { stack as callerRole } from '../../deploy/resources/caller-role.js';
import { stack as closeRooms } from '../../deploy/resources/close-rooms.js';
import { stack as describeFunctions } from '../../deploy/resources/describe.js';
import { stack as requestQueues } from '../../deploy/resources/request-queues.js';
import { stack as results } from '../../deploy/resources/results.js';
import { stack as roles } from '../../deploy/resources/roles.js';
import type { Resource, Template } from '../../tools/package-service.ts';
import { company, deployments } from '../../tools/rehearsal/deployments.ts';
import { isAllowed, type PolicyDocument, type Request } from '../support/iam.ts';

type Parameters = Readonly<Record<string, string>>;
// biome-ignore lint/suspicious/noExplicitAny: its shape is that of deploy/parameters.js
type Values = Record<string, any>;

const region = 'us-east-1';
const account = '123456789012';
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
const { secretKeyArn, requestTopicArn } = deployments['iam, everything on'];
const { dataKeyArn } = company;

/** Resources of the stack, by logical id. */
const own = {
  ...Object.fromEntries(
    [
      ...['createSession', 'issueToken', 'joinRoom', 'joinAsGuest', 'manageRoom', 'openRoom'],
      ...['describeApi', 'inspectToken', 'receiveCallback', 'closeRooms'],
    ].map((name) => [
      `${name[0]?.toUpperCase()}${name.slice(1)}LogGroup`,
      arn('logs', `log-group:/aws/lambda/opentok-sessions-dev-${name}:*`),
    ]),
  ),
  HttpApiLogGroup: arn('logs', 'log-group:/aws/vendedlogs/http-api/opentok-sessions-dev:*'),
  RoomsTable: arn('dynamodb', 'table/opentok-sessions-dev-RoomsTable-1'),
  RoomIndex: arn('dynamodb', 'table/opentok-sessions-dev-RoomsTable-1/index/rooms'),
  SessionIndex: arn('dynamodb', 'table/opentok-sessions-dev-RoomsTable-1/index/sessions'),
  SessionRequests: arn('sqs', 'opentok-sessions-dev-SessionRequests-1'),
  SessionRequestsFailed: arn('sqs', 'opentok-sessions-dev-SessionRequestsFailed-1'),
  RoomRequests: arn('sqs', 'opentok-sessions-dev-RoomRequests-1'),
  RoomRequestsFailed: arn('sqs', 'opentok-sessions-dev-RoomRequestsFailed-1'),
} as Readonly<Record<string, string>>;
const secret = arn('secretsmanager', 'secret:opentok-sessions/dev-AbCdEf');
const secretByArn = arn('secretsmanager', 'secret:video/project-AbCdEf');
const bus = (name: string) => arn('events', `event-bus/${name}`);

/** What a wrong policy could reach besides. */
const others = [
  arn('logs', 'log-group:/aws/lambda/other:*'),
  arn('dynamodb', 'table/other'),
  `${own['RoomsTable']}/index/by-guest`,
  arn('sqs', 'other'),
  arn('secretsmanager', 'secret:opentok-sessions/dev-copy-AbCdEf'),
  arn('secretsmanager', 'secret:opentok-sessions/prod-AbCdEf'),
  arn('kms', 'key/other'),
  arn('execute-api', 'other/$default/POST/sessions'),
];
const resources = [
  ...Object.values(own),
  ...[secret, secretByArn, bus('default'), bus('bookings'), bus('results')],
  ...[secretKeyArn, dataKeyArn, arn('execute-api', 'HttpApi/$default/POST/sessions')],
  ...others,
  '*',
];

const actionsOf = (service: string, client: object, more: readonly string[] = []) =>
  [...Object.keys(client).flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? []), ...more].map(
    (operation) => `${service}:${operation}`,
  );

const networkInterfaces = [
  ...['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces'],
  ...['ec2:DescribeSubnets', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
];
/** All actions of the services that have a client here; of the others, those that give most. */
const actions = [
  ...actionsOf('logs', logs),
  ...actionsOf('dynamodb', dynamodb, [
    ...['PartiQLSelect', 'PartiQLInsert', 'PartiQLDelete'],
    'ConditionCheckItem',
  ]),
  ...actionsOf('events', events, ['InvokeApiDestination']),
  ...actionsOf('secretsmanager', secretsmanager),
  ...actionsOf('sqs', sqs),
  ...['Decrypt', 'Encrypt', 'DescribeKey', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext']
    .concat(['ReEncryptFrom', 'ReEncryptTo', 'CreateGrant', 'PutKeyPolicy', 'ScheduleKeyDeletion'])
    .map((operation) => `kms:${operation}`),
  ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetTraceSummaries'],
  ...[...networkInterfaces, 'ec2:DescribeInstances', 'ec2:RunInstances'],
  ...['execute-api:Invoke', 'execute-api:ManageConnections'],
  ...['iam:PassRole', 'iam:CreateRole', 'sts:AssumeRole', 'lambda:InvokeFunction'],
  ...['lambda:UpdateFunctionCode', 's3:GetObject', 'sns:Publish', 'ssm:GetParameter'],
];

/**
 * Conditions of a request, for services with policies that distinguish them. Calls by a function's own
 * code carry its ARN.
 */
const byCode = { 'lambda:SourceFunctionArn': arn('lambda', 'function:any') };
const through = (service: string) => ({
  'kms:ViaService': `${service}.${region}.amazonaws.com`,
});
const circumstances: Readonly<Record<string, NonNullable<Request['context']>>> = {
  'by code': byCode,
  'by Lambda': {},
  ...Object.fromEntries(
    ['secretsmanager', 'lambda', 'sqs', 'dynamodb', 's3'].map((service) => [
      `through ${service}`,
      { ...byCode, ...through(service) },
    ]),
  ),
};

const distinguished: Readonly<Record<string, readonly string[]>> = {
  kms: Object.keys(circumstances),
  ec2: ['by code', 'by Lambda'],
};
function circumstancesOf(action: string): readonly string[] {
  return distinguished[action.split(':')[0] ?? ''] ?? ['by code'];
}

interface Right {
  readonly functions: readonly string[];
  readonly actions: readonly string[];
  readonly resource: string | ((values: Values, functionName: string) => string);
  readonly when?: (values: Values) => unknown;
  /** All circumstances if omitted. */
  readonly only?: readonly string[];
}

const withSecret = [
  ...['CreateSession', 'IssueToken', 'JoinRoom', 'JoinAsGuest', 'ManageRoom', 'OpenRoom'],
  'InspectToken',
  'ReceiveCallback',
  'CloseRooms',
];
const all = [...withSecret, 'DescribeApi'];
const onTable = (functionName: string, ...operations: string[]): Right => ({
  functions: [functionName],
  actions: operations.map((operation) => `dynamodb:${operation}`),
  resource: own['RoomsTable'] ?? '',
});
/** What functions with seats do in transactions, too. */
const writing = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'];
const takesSessions = (values: Values) =>
  values['queueTrigger'] || values['eventTrigger'] || values['requestTopicArn'];
const takesRooms = (values: Values) => values['roomQueueTrigger'] || values['roomEventTrigger'];
const receive = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const resultBus = ({ resultBus: name }: Values) => (name.startsWith('arn:') ? name : bus(name));

const rights: readonly Right[] = [
  {
    functions: all,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resource: (_, name) => own[`${name}LogGroup`] ?? '',
  },
  {
    functions: withSecret,
    actions: ['secretsmanager:GetSecretValue'],
    resource: ({ secretId }) => (secretId.startsWith('arn:') ? secretId : secret),
  },
  {
    functions: withSecret,
    when: (values) => values['secretKeyArn'],
    actions: ['kms:Decrypt'],
    resource: secretKeyArn,
    only: ['through secretsmanager'],
  },
  onTable('JoinRoom', ...writing, 'Query'),
  onTable('JoinAsGuest', ...writing, 'Query'),
  onTable('ManageRoom', ...writing, 'Query'),
  onTable('OpenRoom', 'GetItem', 'PutItem', 'UpdateItem'),
  onTable('CloseRooms', 'GetItem', 'UpdateItem', 'DeleteItem', 'Query'),
  onTable('ReceiveCallback', ...writing, 'Query'),
  {
    functions: ['ManageRoom'],
    actions: ['dynamodb:Query'],
    resource: own['RoomIndex'] ?? '',
  },
  {
    functions: ['ReceiveCallback'],
    actions: ['dynamodb:Query'],
    resource: own['SessionIndex'] ?? '',
  },
  { functions: ['ReceiveCallback'], actions: ['events:PutEvents'], resource: resultBus },
  {
    functions: ['CreateSession'],
    when: takesSessions,
    actions: receive,
    resource: own['SessionRequests'] ?? '',
  },
  {
    functions: ['CreateSession'],
    when: takesSessions,
    actions: ['events:PutEvents'],
    resource: resultBus,
  },
  {
    functions: ['OpenRoom'],
    when: takesRooms,
    actions: receive,
    resource: own['RoomRequests'] ?? '',
  },
  { functions: ['OpenRoom'], when: takesRooms, actions: ['events:PutEvents'], resource: resultBus },
  {
    functions: all,
    when: (values) => values['tracing'],
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resource: '*',
  },
  {
    functions: all,
    when: (values) => values['vpcSubnetIds'].length > 0,
    actions: networkInterfaces,
    resource: '*',
    only: ['by Lambda'],
  },
  {
    functions: all,
    when: (values) => values['dataKeyArn'],
    actions: ['kms:Decrypt'],
    resource: dataKeyArn,
    only: ['through lambda'],
  },
  {
    functions: ['CreateSession'],
    when: (values) => values['dataKeyArn'] && takesSessions(values),
    actions: ['kms:Decrypt'],
    resource: dataKeyArn,
    only: ['through sqs'],
  },
  {
    functions: ['OpenRoom'],
    when: (values) => values['dataKeyArn'] && takesRooms(values),
    actions: ['kms:Decrypt'],
    resource: dataKeyArn,
    only: ['through sqs'],
  },
  {
    functions: [
      ...['JoinRoom', 'JoinAsGuest', 'ManageRoom', 'OpenRoom', 'ReceiveCallback'],
      'CloseRooms',
    ],
    when: (values) => values['dataKeyArn'],
    actions: [
      ...['kms:Decrypt', 'kms:Encrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
      ...['kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    ],
    resource: dataKeyArn,
    only: ['through dynamodb'],
  },
  {
    functions: ['Caller'],
    when: (values) => values['callerAccounts'].length > 0,
    actions: ['execute-api:Invoke'],
    resource: arn('execute-api', 'HttpApi/$default/POST/sessions'),
  },
];

function readValues(parameters: Parameters): Values {
  const defaults = Object.fromEntries(
    Object.entries(parametersOf('dev')).map(([name, parameter]) => [name, parameter.default]),
  );
  return readParameters({ ...defaults, ...parameters }, region).values;
}

/** Builds the resources with permissions, as they are in the compiled template. */
async function buildPermissions(values: Values): Promise<Template['Resources']> {
  const context = {
    resolveConfigurationProperty: async ([first]: string[]) => (first === 'custom' ? values : 10),
    resolveVariable: async (variable: string) =>
      variable === 'self:service' ? 'opentok-sessions' : 'dev',
  };
  const stacks = [
    roles,
    describeFunctions,
    requestQueues,
    results,
    callerRole,
    callbacks,
    closeRooms,
  ];
  const parts = await Promise.all(stacks.map((stack) => stack(context)));
  return pickPermissions(Object.assign({}, ...parts.map(({ Resources }) => Resources)));
}

function pickPermissions(all: Template['Resources']): Template['Resources'] {
  return Object.fromEntries(
    Object.entries(all).filter(([, { Type }]) => /^AWS::IAM::(Role|Policy)$/.test(Type)),
  );
}

/** Replaces CloudFormation's functions by what they would return. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value as Record<string, unknown>;
  if (attribute) return own[(attribute as string[])[0] ?? ''] ?? expect.fail(`no ${attribute}`);
  if (typeof text === 'string')
    return text.replaceAll(/\$\{([\w:.]+)\}/g, (_, name) => pseudo(name));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
}

function pseudo(name: string): string {
  const values: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::URLSuffix': 'amazonaws.com',
    HttpApi: 'HttpApi',
    'RoomsTable.Arn': own['RoomsTable'] ?? '',
  };
  return values[name] ?? expect.fail(`no value for ${name}`);
}

/** All policies of a role: its own, and those that triggers add. */
function documentsOf(resources: Template['Resources'], roleId: string): PolicyDocument[] {
  const added = Object.values(resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::IAM::Policy' &&
      Properties['Roles'].some(({ Ref }: { Ref: string }) => Ref === roleId),
  );
  const own = (resources[roleId] as Resource).Properties['Policies'];
  return [...own, ...added.map(({ Properties }) => Properties)].map(
    ({ PolicyDocument }) => resolve(PolicyDocument) as PolicyDocument,
  );
}

/** Whether IAM would consider the resource for the action at all. */
function concerns(resource: string, action: string): boolean {
  return resource === '*' || resource.split(':')[2] === action.split(':')[0];
}

function toLine(action: string, resource: string, circumstance: string): string {
  return `${action} on ${resource}, ${circumstance}`;
}

function findAllowed(documents: readonly PolicyDocument[]): string[] {
  return actions.flatMap((action) =>
    resources
      .filter((resource) => concerns(resource, action))
      .flatMap((resource) =>
        circumstancesOf(action)
          .filter((name) =>
            isAllowed(documents, { action, resource, context: circumstances[name] ?? {} }),
          )
          .map((name) => toLine(action, resource, name)),
      ),
  );
}

function listExpected(functionName: string, values: Values): string[] {
  const lines = rights
    .filter(({ functions, when }) => functions.includes(functionName) && (!when || when(values)))
    .flatMap(({ actions, resource, only }) =>
      actions.flatMap((action) =>
        (only ?? circumstancesOf(action)).map((circumstance) =>
          toLine(
            action,
            typeof resource === 'string' ? resource : resource(values, functionName),
            circumstance,
          ),
        ),
      ),
    );
  return [...new Set(lines)];
}

/** Each parameter that changes roles, alone and with those that it works together with. */
const cases: readonly [string, Parameters][] = [
  ['the defaults', {}],
  ['the ARN of a secret', { secretId: secretByArn }],
  ['secretKeyArn', { secretKeyArn }],
  ['tracing', { tracing: 'true' }],
  ['describe', { describe: 'true' }],
  ['liveRooms', { liveRooms: 'true' }],
  ['queueTrigger', { queueTrigger: 'true' }],
  ['eventTrigger', { eventTrigger: 'true', eventBus: 'bookings' }],
  ['requestTopicArn', { requestTopicArn }],
  ['roomQueueTrigger', { roomQueueTrigger: 'true' }],
  ['roomEventTrigger', { roomEventTrigger: 'true', eventBus: 'bookings' }],
  ['resultBus', { queueTrigger: 'true', resultBus: 'results' }],
  ['the ARN of resultBus', { roomQueueTrigger: 'true', resultBus: bus('results') }],
  ['dataKeyArn', { dataKeyArn }],
  ['dataKeyArn with a queue of sessions', { dataKeyArn, queueTrigger: 'true' }],
  ['dataKeyArn with a queue of rooms', { dataKeyArn, roomQueueTrigger: 'true' }],
  [
    'a VPC',
    { vpcSubnetIds: company.vpcSubnetIds, vpcSecurityGroupIds: company.vpcSecurityGroupIds },
  ],
  ['callerAccounts', { callerAccounts: company.callerAccounts }],
  [
    'a boundary and a path, which allow nothing',
    { permissionsBoundaryArn: company.permissionsBoundaryArn, rolePath: company.rolePath },
  ],
  ['everything on in a company account', deployments['iam, everything on in a company account']],
];

describe('the roles', () => {
  it.each(cases)('allow exactly what the code calls, with %s', async (_, parameters) => {
    const values = readValues(parameters);
    const permissions = await buildPermissions(values);
    const roleIds = Object.keys(permissions).filter((id) => id.endsWith('Role'));
    expect(roleIds.length).toBeGreaterThanOrEqual(6);
    for (const roleId of roleIds) {
      const allowed = findAllowed(documentsOf(permissions, roleId));
      const expected = listExpected(roleId.replace(/Role$/, ''), values);
      expect(allowed.toSorted(), roleId).toEqual(expected.toSorted());
    }
  });

  const { template, fullTemplate } = inject('packaged');
  it.each([
    ['nothing configured', {}, template],
    ['everything on', deployments['jwt, everything on'], fullTemplate],
  ] as const)('are those of the compiled template, with %s', async (_, parameters, compiled) => {
    expect(pickPermissions(compiled.Resources)).toEqual(
      JSON.parse(JSON.stringify(await buildPermissions(readValues(parameters)))),
    );
  });
});
