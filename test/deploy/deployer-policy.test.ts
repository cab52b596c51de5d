/**
 * The deployer policies against CloudFormation's own lists of permissions: they allow every action that
 * the handlers of the stack's resources need, on the resources of the stack, and nothing else.
 */
import { describe, expect, inject, it } from 'vitest';
import { buildDeployerPolicies, maxPolicyCharacters } from '../../deploy/deployer-policy.js';
import type { Resource, Template } from '../../tools/package-service.ts';
import type { ResourceSchema } from '../../tools/refresh-schemas.ts';
import { deployments } from '../../tools/rehearsal/deployments.ts';
import schemaFile from '../cloudformation/schemas.json' with { type: 'json' };
import { isAllowed, type Request } from '../support/iam.ts';

const { template, fullTemplate } = inject('packaged');
const schemas: Readonly<Record<string, ResourceSchema>> = schemaFile;
const region = 'eu-west-1';
const account = '123456789012';
const stackName = 'opentok-sessions-dev';

interface Stage {
  readonly template: Template;
  readonly values: Readonly<Record<string, unknown>>;
}

const stages: Readonly<Record<string, Stage>> = {
  'nothing configured': { template, values: { secretId: 'opentok-sessions/dev' } },
  'everything switched on': { template: fullTemplate, values: deployments['jwt, everything on'] },
  'boundary, role path, VPC and customer key': {
    template: restrict(fullTemplate),
    values: {
      ...deployments['jwt, everything on'],
      permissionsBoundaryArn: `arn:aws:iam::${account}:policy/boundary`,
      rolePath: '/video/',
      vpcSubnetIds: ['subnet-1'],
      dataKeyArn: `arn:aws:kms:${region}:${account}:key/1`,
    },
  },
};

/** A template as a company's rules demand it, whether or not a parameter sets these properties. */
function restrict({ Resources, ...template }: Template): Template {
  const key = `arn:aws:kms:${region}:${account}:key/1`;
  const added: Readonly<Record<string, object>> = {
    'AWS::IAM::Role': {
      PermissionsBoundary: `arn:aws:iam::${account}:policy/boundary`,
      Path: '/video/',
    },
    'AWS::Lambda::Function': { KmsKeyArn: key, VpcConfig: { SubnetIds: ['subnet-1'] } },
    'AWS::DynamoDB::Table': { SSESpecification: { KMSMasterKeyId: key } },
    'AWS::Logs::LogGroup': { KmsKeyId: key },
    'AWS::SQS::Queue': { KmsMasterKeyId: key },
  };
  const restricted = Object.entries(Resources).map(([id, resource]) => [
    id,
    { ...resource, Properties: { ...resource.Properties, ...added[resource.Type] } },
  ]);
  return { ...template, Resources: Object.fromEntries(restricted) };
}

/**
 * Types that the registry does not serve. Source: CloudFormation user guide, "AWS::Route53::RecordSet",
 * and the Service Authorization Reference of Route 53.
 */
const permissionsOutsideRegistry: Readonly<Record<string, readonly string[]>> = {
  'AWS::Route53::RecordSet': [
    ...['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
    ...['route53:GetHostedZone', 'route53:GetChange'],
  ],
};

/** What a handler calls only for resources that have this property (at any depth). */
const neededWith: Readonly<Record<string, Readonly<Record<string, readonly RegExp[]>>>> = {
  'AWS::ApiGatewayV2::Api': { BodyS3Location: [/^s3:/] },
  'AWS::ApiGatewayV2::Authorizer': { AuthorizerCredentialsArn: [/^iam:/] },
  'AWS::ApiGatewayV2::Integration': { CredentialsArn: [/^iam:/] },
  'AWS::DynamoDB::Table': {
    ContributorInsightsSpecification: [/:UpdateContributorInsights$/],
    KinesisStreamSpecification: [/^kinesis:/, /dynamodb:(En|Dis)able|:UpdateKinesis/],
    ImportSourceSpecification: [/^(logs|s3):/, /:ImportTable$/],
    KMSMasterKeyId: [/^kms:/],
    PolicyDocument: [/:(Put|Delete)ResourcePolicy$/],
    Replicas: [
      ...[/Replica$/, /^iam:/],
      /^dynamodb:(Scan|Query|GetItem|PutItem|UpdateItem|DeleteItem|BatchWriteItem)$/,
    ],
  },
  'AWS::Events::Rule': { RoleArn: [/^iam:PassRole$/] },
  'AWS::IAM::Policy': { Users: [/UserPolicy$/], Groups: [/GroupPolicy$/] },
  'AWS::IAM::Role': {
    ManagedPolicyArns: [/tachRolePolicy$/],
    PermissionsBoundary: [/:PutRolePermissionsBoundary$/],
  },
  'AWS::Lambda::EventSourceMapping': { KmsKeyArn: [/^kms:/] },
  'AWS::Lambda::Function': {
    CapacityProviderConfig: [/CapacityProvider$/],
    CodeSigningConfigArn: [/:(Put|Delete)FunctionCodeSigningConfig$/, /:GetCodeSigningConfig$/],
    FileSystemConfigs: [/^(elasticfilesystem|s3files):/],
    FunctionScalingConfig: [/:PutFunctionScalingConfig$/],
    KmsKeyArn: [/^kms:/],
    Layers: [/:GetLayerVersion$/],
    PublishToLatestPublished: [/:PublishVersion$/],
    RecursiveLoop: [/:PutFunctionRecursionConfig$/],
    RuntimeManagementConfig: [/:PutRuntimeManagementConfig$/],
    VpcConfig: [/^ec2:/],
  },
  'AWS::Logs::LogGroup': {
    BearerTokenAuthenticationEnabled: [/BearerToken/],
    DataProtectionPolicy: [
      ...[/:(Put|Delete)DataProtectionPolicy$/, /^(s3|firehose):/],
      /:CreateLogDelivery$/,
    ],
    DeletionProtectionEnabled: [/DeletionProtection$/],
    FieldIndexPolicies: [/:(Put|Delete)IndexPolicy$/],
    ResourcePolicyDocument: [/:(Put|Delete)ResourcePolicy$/],
  },
  'AWS::S3::Bucket': {
    AbacStatus: [/:PutBucketAbac$/],
    AccelerateConfiguration: [/:PutAccelerateConfiguration$/],
    AccessControl: [/Acl$/],
    AnalyticsConfigurations: [/:(Put|DeleteBucket)AnalyticsConfiguration$/],
    // The template sets encryption always, so that CloudFormation never resets it.
    BucketEncryptionReset: [/:DeleteBucketEncryption$/],
    CorsConfiguration: [/:(Put|Delete)BucketC(ors|ORS)$/],
    IntelligentTieringConfigurations: [/:PutIntelligentTieringConfiguration$/],
    InventoryConfigurations: [/:PutInventoryConfiguration$/],
    LifecycleConfiguration: [/:(PutLifecycleConfiguration|DeleteBucketLifecycle)$/],
    LoggingConfiguration: [/:PutBucketLogging$/],
    MetadataTableConfiguration: [/Metadata\w*TableConfiguration$/, /^s3tables:/],
    MetricsConfigurations: [/:(PutMetrics|DeleteBucketMetrics)Configuration$/],
    NotificationConfiguration: [/:PutBucketNotification$/],
    ObjectLockConfiguration: [/ObjectLockConfiguration$/, /:DeleteObject$/],
    OwnershipControls: [/:PutBucketOwnershipControls$/],
    ReplicationConfiguration: [/:(Put|Delete)\w*Replication/, /^iam:/],
    VersioningConfiguration: [/:PutBucketVersioning$/],
    WebsiteConfiguration: [/:(Put|Delete)BucketWebsite$/],
  },
  'AWS::SNS::Subscription': { SubscriptionRoleArn: [/^iam:/] },
};

/** Listed by a schema and kept from the deployer on purpose. */
const withheld: Readonly<Record<string, string>> = {
  'iam:DeleteRolePermissionsBoundary': 'a deployer must not free a role of its boundary',
};

/** Names that schemas list and IAM does not have. */
const unknownToIam = /^(s3:GetObjectMetadata|s3:REST\.PUT\.OBJECT)$/;

/** Actions without a resource: a request has `*`. Source: Service Authorization Reference. */
const withoutResource = new RegExp(
  [
    ...[
      '^ec2:Describe',
      '^logs:(Describe(LogGroups|ResourcePolicies|QueryDefinitions|IndexPolicies))$',
    ],
    ...['^logs:(Put|Delete)(QueryDefinition|ResourcePolicy)$', '^kms:ListAliases$'],
    ...['^logs:\\w*LogDeliver', '^sns:(Unsubscribe|[GS]etSubscriptionAttributes)$'],
    '^lambda:(CreateEventSourceMapping|ListEventSourceMappings)$',
  ].join('|'),
);

type Resources = Template['Resources'];

const ref = (value: { Ref: string }) => value.Ref;
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
const physicalId = (id: string) => `${stackName}-${id}-1A2B3C4D5E6F`;

/** The ARNs that a resource of the stack can have in a request of its handlers. */
const arnsByType: Readonly<
  Record<string, (id: string, of: Resource['Properties'], all: Resources) => string[]>
> = {
  'AWS::CloudWatch::Alarm': (id) => [arn('cloudwatch', `alarm:${physicalId(id)}`)],
  'AWS::CloudWatch::CompositeAlarm': (id) => [arn('cloudwatch', `alarm:${physicalId(id)}`)],
  'AWS::CloudWatch::Dashboard': () => [`arn:aws:cloudwatch::${account}:dashboard/${stackName}`],
  'AWS::DynamoDB::Table': (id) => [arn('dynamodb', `table/${physicalId(id)}`)],
  'AWS::Events::Rule': (id) => [
    arn('events', `rule/${physicalId(id)}`),
    arn('events', `rule/bookings/${physicalId(id)}`),
  ],
  'AWS::IAM::Policy': (_, { Roles }, all) =>
    Roles.map((role: { Ref: string }) => roleArn(ref(role), pathOf(ref(role), all))),
  'AWS::IAM::Role': (id, { Path }) => [roleArn(id, Path)],
  'AWS::Lambda::EventSourceMapping': () => [arn('lambda', 'event-source-mapping:uuid')],
  'AWS::Lambda::Function': (_, { FunctionName }) => [arn('lambda', `function:${FunctionName}`)],
  'AWS::Lambda::Permission': () => [arn('lambda', `function:${stackName}-createSession`)],
  'AWS::Logs::LogGroup': (_, { LogGroupName }) => logGroupArns(LogGroupName),
  'AWS::Logs::MetricFilter': () => logGroupArns(`/aws/lambda/${stackName}-createSession`),
  'AWS::Logs::QueryDefinition': () => ['*'],
  'AWS::Route53::RecordSet': (_, { HostedZoneId }) => [
    `arn:aws:route53:::hostedzone/${HostedZoneId}`,
  ],
  'AWS::S3::Bucket': (id) => [bucketArn(id)],
  'AWS::S3::BucketPolicy': (_, { Bucket }) => [bucketArn(ref(Bucket))],
  'AWS::SNS::Subscription': (_, { TopicArn }) => [TopicArn],
  'AWS::SQS::Queue': (id) => [arn('sqs', physicalId(id))],
  'AWS::SQS::QueuePolicy': (_, { Queues }) =>
    Queues.map((queue: { Ref: string }) => arn('sqs', physicalId(ref(queue)))),
};

const roleArn = (id: string, path = '/') =>
  `arn:aws:iam::${account}:role${path}${physicalId(id).slice(0, 64)}`;
const pathOf = (id: string, all: Resources): string => all[id]?.Properties['Path'] ?? '/';
const bucketArn = (id: string) => `arn:aws:s3:::${physicalId(id).toLowerCase()}`;
const logGroupArns = (name: string) => [
  arn('logs', `log-group:${name}`),
  arn('logs', `log-group:${name}:*`),
];

/** API Gateway authorizes paths of its REST API. */
const apiPaths: Readonly<Record<string, readonly string[]>> = {
  Api: ['/apis', '/apis/a1b2', '/tags/arn%3Aaws%3Aapigateway'],
  ApiMapping: ['/domainnames/video.example.com/apimappings/m1'],
  DomainName: ['/domainnames', '/domainnames/video.example.com', '/tags/arn%3Aaws%3Aapigateway'],
  Stage: ['/apis/a1b2/stages/$default', '/tags/arn%3Aaws%3Aapigateway'],
};

function listArns(id: string, { Type, Properties }: Resource, all: Resources): string[] {
  if (Type.startsWith('AWS::ApiGatewayV2::')) {
    const kind = Type.split('::').at(-1) ?? '';
    const paths = apiPaths[kind] ?? [`/apis/a1b2/${kind.toLowerCase()}s`, `/apis/a1b2/x/${kind}`];
    return paths.map((path) => `arn:aws:apigateway:${region}::${path}`);
  }
  const list = arnsByType[Type];
  if (!list) throw new Error(`Add ${Type} to arnsByType.`);
  return list(id, Properties, all);
}

/** Requests that CloudFormation makes for a resource over its life, tags of the stack included. */
function listRequests(id: string, all: Resources): Request[] {
  const resource = all[id] as Resource;
  const { Type, Properties } = resource;
  const schema = schemas[Type];
  if (!schema) throw new Error(`Add ${Type}: see test/cloudformation/README.md.`);
  const listed = [
    ...Object.values(schema.handlers ?? {}).flat(),
    ...(schema.tagging?.taggable ? schema.tagging.permissions : []),
    ...(permissionsOutsideRegistry[Type] ?? []),
  ];
  expect(listed, Type).not.toEqual([]);
  return [...new Set(listed)]
    .filter((action) => !unknownToIam.test(action) && !(action in withheld))
    .filter((action) => isNeeded(action, { Type, Properties }))
    .flatMap((action) => toRequests(action, id, all));
}

function isNeeded(action: string, { Type, Properties }: Resource): boolean {
  const rules = Object.entries(neededWith[Type] ?? {}).filter(([, actions]) =>
    actions.some((pattern) => pattern.test(action)),
  );
  const text = JSON.stringify(Properties);
  return rules.length === 0 || rules.some(([property]) => text.includes(`"${property}":`));
}

function toRequests(action: string, id: string, all: Resources): Request[] {
  const resource = all[id] as Resource;
  const { Properties } = resource;
  const context = contextOf(action, Properties, all);
  if (action === 'iam:PassRole') {
    const role = ref(readRole(Properties));
    return [{ action, resource: roleArn(role, pathOf(role, all)), context }];
  }
  if (action === 'iam:CreateServiceLinkedRole') return [];
  if (action === 'route53:GetChange') {
    return [{ action, resource: 'arn:aws:route53:::change/C1', context }];
  }
  if (action.startsWith('kms:') && !withoutResource.test(action)) {
    const [key = ''] = /arn:aws:kms:[^"]+/.exec(JSON.stringify(Properties)) ?? [];
    return [{ action, resource: key, context }];
  }
  if (/^s3:GetObject(Version)?$/i.test(action)) {
    return [{ action, resource: `${bucketArn('ServerlessDeploymentBucket')}/key`, context }];
  }
  const arns = withoutResource.test(action) ? ['*'] : listArns(id, resource, all);
  return arns.map((each) => ({ action, resource: each, context }));
}

function readRole(properties: Resource['Properties']): { Ref: string } {
  return { Ref: properties['Role']?.['Fn::GetAtt']?.[0] ?? 'UnknownRole' };
}

function contextOf(
  action: string,
  properties: Resource['Properties'],
  all: Resources,
): Record<string, string | string[]> {
  const domain = properties['Name'];
  // An IAM request has the boundary of the role that it changes.
  const role = all[properties['Roles']?.[0]?.Ref]?.Properties ?? properties;
  return {
    ...(action === 'iam:PassRole' && { 'iam:PassedToService': 'lambda.amazonaws.com' }),
    ...(action.includes('EventSourceMapping') && {
      'lambda:FunctionArn': arn('lambda', `function:${stackName}-createSession`),
    }),
    ...(action === 'sns:Subscribe' && {
      'sns:Protocol': 'sqs',
      'sns:Endpoint': arn('sqs', physicalId('SessionRequests')),
    }),
    ...(action.endsWith('ResourceRecordSets') && {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': [domain],
      'route53:ChangeResourceRecordSetsRecordTypes': [properties['Type']],
    }),
    ...(action.startsWith('kms:') && { 'kms:GrantIsForAWSResource': 'true' }),
    ...(typeof role['PermissionsBoundary'] === 'string' && {
      'iam:PermissionsBoundary': role['PermissionsBoundary'],
    }),
  };
}

const build = ({ values }: Stage) => buildDeployerPolicies({ stackName, region, values });
const requestsOf = ({ Resources }: Template) =>
  Object.keys(Resources).flatMap((id) => listRequests(id, Resources));

describe.each(Object.entries(stages))('the deployer policies with %s', (_, stage) => {
  const { deploy, functions, resources, restore, doctor } = build(stage);

  it('allow CloudFormation every action of the handlers of every resource', () => {
    const denied = requestsOf(stage.template)
      .filter((request) => !isAllowed([functions, resources], request))
      .map(({ action, resource }) => `${action} on ${resource}`);
    expect([...new Set(denied)]).toEqual([]);
  });

  it('fit into one managed policy each, with a tenth to spare', () => {
    for (const document of [deploy, functions, resources, restore, doctor]) {
      expect(JSON.stringify(document).length).toBeLessThanOrEqual(maxPolicyCharacters * 0.9);
    }
  });

  it('name each statement once', () => {
    for (const { Statement } of [deploy, functions, resources, restore, doctor]) {
      const names = Statement.map(({ Sid }) => Sid);
      expect(names).toEqual([...new Set(names)]);
    }
  });
});

describe("the policies for CloudFormation's calls", () => {
  const stage = stages['everything switched on'] as Stage;
  const { deploy, functions, resources } = build(stage);
  const statements = [functions, resources].flatMap(({ Statement }) => Statement);
  /** What API Gateway needs on top of the handlers, see deploy/deployer-policy.js. */
  const onTop = /^(logs:(\w*LogDeliver\w*|PutResourcePolicy)|iam:CreateServiceLinkedRole)$/;

  it('allow only actions that a handler lists', () => {
    const listed = requestsOf(stage.template).map(({ action }) => action.toLowerCase());
    const tables = Object.values(schemas).flatMap(({ handlers = {}, tagging }) => [
      ...Object.values(handlers).flat(),
      ...(tagging?.permissions ?? []),
    ]);
    const known = new Set([...listed, ...tables.map((action) => action.toLowerCase())]);
    const unlisted = statements
      .flatMap(({ Action }) => Action)
      .filter((action) => {
        const pattern = new RegExp(`^${action.toLowerCase().replaceAll('*', '.*')}$`);
        return !onTop.test(action) && ![...known].some((each) => pattern.test(each));
      });
    expect(unlisted).toEqual([]);
  });

  it('use wildcards in actions for reading only', () => {
    const wild = statements
      .flatMap(({ Action }) => Action)
      .filter((action) => action.includes('*'));
    for (const action of wild)
      expect(action).toMatch(/:(Get|Describe)\w*\*\w*$|GenerateDataKey\*$/);
  });

  const zone = 'arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ';
  const record = (name: string, type: string) => ({
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': [name],
    'route53:ChangeResourceRecordSetsRecordTypes': [type],
  });
  const toQueue = { 'sns:Protocol': 'sqs', 'sns:Endpoint': arn('sqs', `${stackName}-x`) };
  const topic = arn('sns', 'session-requests').replace(region, 'us-east-1');

  it.each<[string, Request]>([
    [
      "another domain's record",
      {
        action: 'route53:ChangeResourceRecordSets',
        resource: zone,
        context: record('www.example.com', 'A'),
      },
    ],
    [
      'a mail record',
      {
        action: 'route53:ChangeResourceRecordSets',
        resource: zone,
        context: record('video.example.com', 'MX'),
      },
    ],
    [
      'a record in another zone',
      {
        action: 'route53:ChangeResourceRecordSets',
        resource: 'arn:aws:route53:::hostedzone/Z9',
        context: record('video.example.com', 'A'),
      },
    ],
    [
      'an e-mail subscription',
      {
        action: 'sns:Subscribe',
        resource: topic,
        context: { 'sns:Protocol': 'email', 'sns:Endpoint': 'a@example.com' },
      },
    ],
    [
      'a subscription of a queue of another stack',
      {
        action: 'sns:Subscribe',
        resource: topic,
        context: { ...toQueue, 'sns:Endpoint': arn('sqs', 'other') },
      },
    ],
    [
      'a subscription to another topic',
      { action: 'sns:Subscribe', resource: arn('sns', 'other'), context: toQueue },
    ],
    [
      'passing a role to EC2',
      {
        action: 'iam:PassRole',
        resource: roleArn('CreateSessionRole'),
        context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
      },
    ],
    [
      'a role of another stack',
      { action: 'iam:PutRolePolicy', resource: roleArn('X').replace(stackName, 'x') },
    ],
    [
      'a queue of another stage',
      { action: 'sqs:DeleteQueue', resource: arn('sqs', 'opentok-sessions-prod-x') },
    ],
    [
      'a mapping of another function',
      {
        action: 'lambda:CreateEventSourceMapping',
        resource: '*',
        context: { 'lambda:FunctionArn': arn('lambda', 'function:other') },
      },
    ],
    [
      'reading the secret',
      {
        action: 'secretsmanager:GetSecretValue',
        resource: arn('secretsmanager', 'secret:opentok-sessions/dev-AbCdEf'),
      },
    ],
    [
      'reading a room',
      { action: 'dynamodb:GetItem', resource: arn('dynamodb', `table/${stackName}-x`) },
    ],
  ])('denies %s', (_, request) => {
    expect(isAllowed([deploy, functions, resources], request)).toBe(false);
  });

  it('allows no DNS change, no subscription and no domain without their parameters', () => {
    const bare = Object.values(build(stages['nothing configured'] as Stage));
    const actions = bare.flatMap(({ Statement }) => Statement).flatMap(({ Action }) => Action);
    expect(
      actions.filter((action) => /^(route53|sns|ec2|kms):|ServiceLinked/.test(action)),
    ).toEqual([]);
  });
});

describe('a permissions boundary', () => {
  const boundary = `arn:aws:iam::${account}:policy/boundary`;
  const policies = buildDeployerPolicies({
    stackName,
    region,
    values: { secretId: 's', permissionsBoundaryArn: boundary, rolePath: '/video/' },
  });
  const resource = roleArn('CreateSessionRole', '/video/');
  const withBoundary = (policy: string) => ({ 'iam:PermissionsBoundary': policy });
  const documents = Object.values(policies);

  it.each([
    ...['iam:CreateRole', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
    'iam:PutRolePermissionsBoundary',
  ])('must be on the role for %s', (action) => {
    const request = { action, resource };
    expect(isAllowed(documents, { ...request, context: withBoundary(boundary) })).toBe(true);
    expect(isAllowed(documents, { ...request, context: withBoundary(`${boundary}2`) })).toBe(false);
    expect(isAllowed(documents, request)).toBe(false);
  });

  it('cannot be removed', () => {
    const action = 'iam:DeleteRolePermissionsBoundary';
    expect(isAllowed(documents, { action, resource, context: withBoundary(boundary) })).toBe(false);
  });

  it('goes with the role path', () => {
    const other = { action: 'iam:GetRole', resource: roleArn('CreateSessionRole') };
    expect(isAllowed(documents, other)).toBe(false);
    expect(isAllowed(documents, { ...other, resource })).toBe(true);
  });
});

describe("the policy for the serverless command's own calls", () => {
  const deploymentRoleArn = `arn:aws:iam::${account}:role/cloudformation`;
  const { deploy } = buildDeployerPolicies({
    stackName,
    region,
    values: { secretId: 'opentok-sessions/dev', deploymentRoleArn },
  });
  const stack = arn('cloudformation', `stack/${stackName}/1`);

  it.each([
    ...['CreateStack', 'UpdateStack', 'DeleteStack', 'DescribeStacks', 'GetTemplate'],
    ...['SetStackPolicy', 'CreateChangeSet', 'DescribeChangeSet', 'ExecuteChangeSet'],
    ...['DeleteChangeSet', 'DetectStackDrift', 'DescribeStackResourceDrifts'],
  ])('allows cloudformation:%s on the stack of the stage alone', (operation) => {
    const action = `cloudformation:${operation}`;
    expect(isAllowed([deploy], { action, resource: stack })).toBe(true);
    const other = stack.replace('-dev', '-prod');
    expect(isAllowed([deploy], { action, resource: other })).toBe(false);
  });

  it('passes the deployment role to CloudFormation alone', () => {
    const request = { action: 'iam:PassRole', resource: deploymentRoleArn };
    const to = (service: string) => ({
      ...request,
      context: { 'iam:PassedToService': `${service}.amazonaws.com` },
    });
    expect(isAllowed([deploy], to('cloudformation'))).toBe(true);
    expect(isAllowed([deploy], to('lambda'))).toBe(false);
  });

  it('reads buses, and the concurrency limit with reservedConcurrency only', () => {
    const bus = {
      action: 'events:DescribeEventBus',
      resource: arn('events', 'event-bus/bookings'),
    };
    expect(isAllowed([deploy], bus)).toBe(true);
    const limit = { action: 'lambda:GetAccountSettings', resource: '*' };
    expect(isAllowed([deploy], limit)).toBe(false);
    const values = { secretId: 'opentok-sessions/dev', reservedConcurrency: 5 };
    const { deploy: reserving } = buildDeployerPolicies({ stackName, region, values });
    expect(isAllowed([reserving], limit)).toBe(true);
  });

  describe('reads what the stack needs and does not create', () => {
    const certificateArn = arn('acm', 'certificate/1');
    const alarmTopicArn = arn('sns', 'alarms');
    const key = arn('kms', 'key/1');
    const table = arn('dynamodb', 'table/rooms');
    const build = (values: object) =>
      buildDeployerPolicies({ stackName, region, values: { secretId: 's', ...values } }).deploy;

    it.each([
      ['acm:DescribeCertificate', certificateArn, { certificateArn }],
      ['sns:GetTopicAttributes', alarmTopicArn, { alarmTopicArn }],
      ['sns:GetTopicAttributes', alarmTopicArn, { ticketTopicArn: alarmTopicArn }],
      ['sns:GetTopicAttributes', alarmTopicArn, { requestTopicArn: alarmTopicArn }],
      ['kms:DescribeKey', key, { alarmTopicArn }],
      ['kms:GetKeyPolicy', key, { alarmTopicArn }],
      ['kms:DescribeKey', key, { roomsTableName: 'rooms' }],
      ['kms:GetKeyPolicy', key, { dataKeyArn: key }],
      ['dynamodb:DescribeTable', table, { roomsTableName: 'rooms' }],
      ['dynamodb:DescribeTimeToLive', table, { roomsTableName: 'rooms' }],
      ['dynamodb:DescribeContinuousBackups', table, { roomsTableName: 'rooms' }],
    ])('with %s on %s, only with the parameter that needs it', (action, resource, values) => {
      expect(isAllowed([build(values)], { action, resource })).toBe(true);
      expect(isAllowed([build({})], { action, resource })).toBe(false);
      expect(isAllowed([build(values)], { action, resource: `${resource}/other` })).toBe(
        action.startsWith('kms:'),
      );
    });
  });

  it('creates no role', () => {
    const request = { action: 'iam:CreateRole', resource: roleArn('CreateSessionRole') };
    expect(isAllowed([deploy], request)).toBe(false);
  });
});

describe('the policy that restores the deleted table', () => {
  const { restore, ...others } = buildDeployerPolicies({ stackName, region, values: {} });
  const table = `arn:aws:dynamodb:${region}:123456789012:table/${stackName}-RoomsTable-1`;
  const foreign = `arn:aws:dynamodb:${region}:123456789012:table/other`;

  it.each([
    ['dynamodb:ListBackups', table],
    ['dynamodb:RestoreTableFromBackup', `${table}/backup/01`],
    ['dynamodb:BatchWriteItem', table],
    ['dynamodb:UpdateTimeToLive', table],
    ['dynamodb:UpdateContinuousBackups', table],
    ['dynamodb:UpdateTable', table],
  ])('allows %s', (action, resource) => {
    expect(isAllowed([restore], { action, resource })).toBe(true);
  });

  it.each([
    ['dynamodb:RestoreTableFromBackup', `${foreign}/backup/01`],
    ['dynamodb:BatchWriteItem', foreign],
    ['dynamodb:DeleteTable', table],
    ['dynamodb:DeleteBackup', `${table}/backup/01`],
  ])('does not allow %s on %s', (action, resource) => {
    expect(isAllowed([restore], { action, resource })).toBe(false);
  });

  it.each(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'])(
    'is the only one that allows %s',
    (action) => {
      expect(isAllowed(Object.values(others), { action, resource: table })).toBe(false);
    },
  );
});

describe('the policy of serverless doctor', () => {
  const alarmTopicArn = arn('sns', 'alarms');
  const ticketTopicArn = arn('sns', 'tickets');
  const secretKeyArn = arn('kms', 'key/secret');
  const build = (values: object) =>
    buildDeployerPolicies({
      ...{ stackName, region },
      values: { secretId: 'opentok-sessions/dev', auth: 'iam', ...values },
    }).doctor;
  const api = arn('execute-api', 'a1b2/$default');
  const alarm = arn('cloudwatch', `alarm:${physicalId('ApiThrottledAlarm')}`);
  const table = arn('dynamodb', `table/${physicalId('RoomsTable')}`);
  const secret = arn('secretsmanager', 'secret:opentok-sessions/dev-AbCdEf');
  const ofFunction = { 'lambda:FunctionArn': arn('lambda', `function:${stackName}-createSession`) };

  it.each<[string, string, object, Record<string, string>?]>([
    ['cloudformation:DetectStackDrift', arn('cloudformation', `stack/${stackName}/1`), {}],
    ['cloudformation:ListStackResources', arn('cloudformation', `stack/${stackName}/1`), {}],
    ['secretsmanager:GetSecretValue', secret, {}],
    ['kms:Decrypt', secretKeyArn, { secretKeyArn }],
    ['dynamodb:DescribeTable', table, {}],
    ['dynamodb:DescribeTable', arn('dynamodb', 'table/rooms'), { roomsTableName: 'rooms' }],
    ['dynamodb:GetItem', table, { liveRooms: true }],
    ['execute-api:Invoke', `${api}/GET/rooms/doctor`, {}],
    ['lambda:GetEventSourceMapping', '*', {}, ofFunction],
    ['cloudwatch:DescribeAlarms', '*', { alarmTopicArn }],
    ['cloudwatch:SetAlarmState', alarm, { alarmTopicArn }],
    ['cloudwatch:DescribeAlarmHistory', alarm, { alarmTopicArn }],
    ['sns:ListSubscriptionsByTopic', alarmTopicArn, { alarmTopicArn }],
    ['sns:ListSubscriptionsByTopic', ticketTopicArn, { alarmTopicArn, ticketTopicArn }],
  ])('allows %s on %s', (action, resource, values, context = {}) => {
    expect(isAllowed([build(values)], { action, resource, context })).toBe(true);
  });

  it.each([
    ['execute-api:Invoke', `${api}/DELETE/rooms/doctor`, {}],
    ['execute-api:Invoke', `${api}/GET/rooms/lecture`, {}],
    ['execute-api:Invoke', `${api}/GET/rooms/doctor`, { auth: 'jwt' }],
    ['secretsmanager:PutSecretValue', secret, {}],
    ['dynamodb:GetItem', table, {}],
    ['cloudwatch:SetAlarmState', alarm, {}],
    ['cloudwatch:SetAlarmState', arn('cloudwatch', 'alarm:other'), { alarmTopicArn }],
    ['sns:Publish', alarmTopicArn, { alarmTopicArn }],
    ['cloudformation:UpdateStack', arn('cloudformation', `stack/${stackName}/1`), {}],
  ])('does not allow %s on %s with %j', (action, resource, values) => {
    expect(isAllowed([build(values)], { action, resource })).toBe(false);
  });
});

describe('generated names', () => {
  it('are matched where CloudFormation shortens the name of the stack', () => {
    const { functions } = buildDeployerPolicies({
      stackName: 'opentok-sessions-a-very-long-stage',
      values: { secretId: 's' },
    });
    const resource = `arn:aws:iam::${account}:role/opentok-sessions-a-very-l-CreateSessionRole-1A2B3C4D5E6F`;
    expect(isAllowed([functions], { action: 'iam:GetRole', resource })).toBe(true);
  });
});
