/**
 * Builds the IAM policies that a deployment of one stage needs. They depend on the stage's parameters, so
 * that they allow nothing that this stage does not use. Pure.
 *
 * `deploy` holds the calls that the serverless command itself makes. `functions` and `resources` hold the
 * calls that CloudFormation makes, with the caller's rights or with those of `deploymentRoleArn`: together
 * they exceed the size of one managed policy. `restore` is for `serverless repair` after the table was deleted:
 * DynamoDB writes the items with the caller's rights, so it is apart from the others. `doctor` is for `serverless
 * doctor`, which reads the secret.
 *
 * Sources: the `handlers` and `tagging` permissions of CloudFormation's resource type schemas
 * (test/cloudformation), and the Service Authorization Reference for resources and condition keys.
 *
 * @typedef {Record<string, Record<string, string | string[]>>} Condition
 * @typedef {{ Sid: string, Effect: 'Allow', Action: string[], Resource: string[], Condition?: Condition }} Statement
 * @typedef {{ Version: '2012-10-17', Statement: Statement[] }} PolicyDocument
 * @typedef {object} Stage
 * @property {string} stackName
 * @property {string} [region] any region if omitted
 * @property {Record<string, any>} values the stage's parameters
 */

/** IAM's limit for one managed policy, in characters; white space does not count (IAM quotas). */
export const maxPolicyCharacters = 6144;

/**
 * CloudFormation shortens the stack's name where a generated name would exceed the service's limit, as
 * it does for roles, rules (64 characters) and buckets (63). This much of it is always left.
 */
const keptNameCharacters = 24;

/**
 * Returns the policy documents by name.
 *
 * @param {Stage} stage
 * @returns {{ deploy: PolicyDocument, functions: PolicyDocument, resources: PolicyDocument, restore: PolicyDocument, doctor: PolicyDocument }}
 */
export function buildDeployerPolicies({ stackName, region = '*', values }) {
  const names = nameResources({ stackName, region, values });
  return {
    deploy: toDocument(allowDeployment(names, values)),
    functions: toDocument([
      ...allowBucket(names),
      ...allowFunctions(names, values),
      ...allowRoles(names, values),
      ...allowLogs(names),
      ...(values.dataKeyArn ? allowKey(values) : []),
    ]),
    resources: toDocument([
      ...allowApi(names, values),
      ...allowTable(names),
      ...allowMessages(names, values),
      ...allowAlarms(names, values),
    ]),
    restore: toDocument(allowRestore(names, values)),
    doctor: toDocument(allowDoctor(names, values)),
  };
}

/** @returns {PolicyDocument} */
function toDocument(statements) {
  return { Version: '2012-10-17', Statement: statements };
}

function allow(Sid, Action, Resource, Condition) {
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) };
}

/** ARN patterns of everything that carries the stack's name. */
function nameResources({ stackName, region, values }) {
  const account = values.accountId || '*';
  const arn = (service, resource) => `arn:*:${service}:${region}:${account}:${resource}`;
  const shortName =
    stackName.length > keptNameCharacters
      ? stackName.slice(0, keptNameCharacters)
      : `${stackName}-`;
  const path = `/${values.rolePath ?? ''}/`.replaceAll(/\/+/g, '/');
  return {
    arn,
    stack: arn('cloudformation', `stack/${stackName}/*`),
    bucket: `arn:*:s3:::${shortName}*`,
    functions: arn('lambda', `function:${stackName}-*`),
    mappings: arn('lambda', 'event-source-mapping:*'),
    roles: `arn:*:iam::${account}:role${path}${shortName}*`,
    domainRole: `arn:*:iam::${account}:role/aws-service-role/ops.apigateway.*`,
    logGroups: [
      arn('logs', `log-group:/aws/lambda/${stackName}-*`),
      arn('logs', `log-group:/aws/vendedlogs/http-api/${stackName}*`),
    ],
    table: arn('dynamodb', `table/${stackName}-*`),
    queues: arn('sqs', `${stackName}-*`),
    rules: [arn('events', `rule/${shortName}*`), arn('events', `rule/*/${shortName}*`)],
    alarms: arn('cloudwatch', `alarm:${stackName}-*`),
    dashboards: `arn:*:cloudwatch::${account}:dashboard/${stackName}*`,
    apis: ['/apis', '/apis/*', '/tags/*'].map((path) => `arn:*:apigateway:${region}::${path}`),
    domains: ['/domainnames', '/domainnames/*'].map(
      (path) => `arn:*:apigateway:${region}::${path}`,
    ),
  };
}

/** Calls of `serverless deploy`, `rollback`, `remove`, `info`, `logs`, `recycle`, `redrive` and `repair`. */
function allowDeployment(names, values) {
  return [
    allow(
      'Stack',
      [
        ...['CreateStack', 'UpdateStack', 'DeleteStack', 'DescribeStacks', 'DescribeStackEvents'],
        ...['DescribeStackResource', 'DescribeStackResources', 'ListStackResources'],
        ...['GetTemplate', 'UpdateTerminationProtection', 'SetStackPolicy', 'GetStackPolicy'],
        ...['ContinueUpdateRollback', 'CreateChangeSet', 'DescribeChangeSet', 'ExecuteChangeSet'],
        ...['DeleteChangeSet', 'ListChangeSets', 'DetectStackDrift', 'DetectStackResourceDrift'],
        'DescribeStackResourceDrifts',
      ].map((operation) => `cloudformation:${operation}`),
      [names.stack],
    ),
    allow(
      'NoResourceToName',
      ['cloudformation:ValidateTemplate', 'cloudformation:DescribeStackDriftDetectionStatus'],
      ['*'],
    ),
    ...(values.deploymentRoleArn
      ? [
          allow('PassDeploymentRole', ['iam:PassRole'], [values.deploymentRoleArn], {
            StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
          }),
        ]
      : []),
    allow(
      'Bundles',
      [
        ...['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketVersions', 's3:GetObject'],
        ...['s3:GetBucketVersioning', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'],
      ],
      [names.bucket, `${names.bucket}/*`],
    ),
    allow(
      'Functions',
      [
        ...['lambda:GetFunction', 'lambda:GetFunctionConfiguration', 'lambda:UpdateFunctionCode'],
        ...['lambda:UpdateFunctionConfiguration', 'lambda:ListVersionsByFunction'],
      ],
      [names.functions],
    ),
    // Lambda checks it when the configuration of a function is updated outside of CloudFormation.
    passRoles(names),
    allow('RouteSettings', ['apigateway:GET', 'apigateway:PATCH', 'apigateway:DELETE'], names.apis),
    allow('ReadLogs', ['logs:FilterLogEvents', 'logs:DescribeLogStreams'], names.logGroups),
    allow(
      'Redrive',
      [...['sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'], 'sqs:SendMessage'],
      [names.queues],
    ),
    allow('Secret', ['secretsmanager:DescribeSecret'], [nameSecret(names, values)]),
    allow('Buses', ['events:DescribeEventBus'], [names.arn('events', 'event-bus/*')]),
    ...(values.reservedConcurrency
      ? [allow('ConcurrencyLimit', ['lambda:GetAccountSettings'], ['*'])]
      : []),
    ...allowPrerequisites(names, values),
  ];
}

/** Reads what the stack needs and does not create (deploy/prerequisites). */
function allowPrerequisites({ arn }, values) {
  const { certificateArn, roomsTableName } = values;
  const topics = topicsOf(values);
  const hasKey = topics.length > 0 || roomsTableName || values.dataKeyArn;
  return [
    ...(certificateArn
      ? [allow('Certificate', ['acm:DescribeCertificate'], [certificateArn])]
      : []),
    ...(topics.length > 0 ? [allow('Topics', ['sns:GetTopicAttributes'], topics)] : []),
    ...(roomsTableName
      ? [
          allow(
            'ExistingTable',
            ['DescribeTable', 'DescribeTimeToLive', 'DescribeContinuousBackups'].map(
              (operation) => `dynamodb:${operation}`,
            ),
            [arn('dynamodb', `table/${roomsTableName}`)],
          ),
        ]
      : []),
    // Their keys show only when they are read.
    ...(hasKey
      ? [allow('Keys', ['kms:DescribeKey', 'kms:GetKeyPolicy'], [arn('kms', 'key/*')])]
      : []),
  ];
}

function topicsOf({ alarmTopicArn, ticketTopicArn, requestTopicArn }) {
  return [...new Set([alarmTopicArn, ticketTopicArn, requestTopicArn].filter(Boolean))];
}

/**
 * Calls of `serverless doctor`. With `--call`, detecting drift also reads every resource, which `functions` and
 * `resources` allow (CloudFormation user guide, "Detect drift on an entire stack").
 */
function allowDoctor(names, values) {
  const { alarmTopicArn, ticketTopicArn, secretKeyArn, roomsTableName, liveRooms, auth } = values;
  const { arn, stack, alarms } = names;
  const table = roomsTableName ? arn('dynamodb', `table/${roomsTableName}`) : names.table;
  return [
    allow(
      'Stack',
      [
        ...['DescribeStacks', 'GetTemplate', 'ListStackResources', 'DetectStackDrift'],
        ...['DetectStackResourceDrift', 'DescribeStackResourceDrifts'],
      ].map((operation) => `cloudformation:${operation}`),
      [stack],
    ),
    allow('DriftDetection', ['cloudformation:DescribeStackDriftDetectionStatus'], ['*']),
    allow(
      'Secret',
      ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      [nameSecret(names, values)],
    ),
    ...(secretKeyArn ? [allow('SecretKey', ['kms:Decrypt'], [secretKeyArn])] : []),
    allow('Table', ['dynamodb:DescribeTable', ...(liveRooms ? ['dynamodb:GetItem'] : [])], [table]),
    allow('Buses', ['events:DescribeEventBus'], [arn('events', 'event-bus/*')]),
    ...(auth === 'jwt'
      ? []
      : [allow('Call', ['execute-api:Invoke'], [arn('execute-api', '*/*/GET/rooms/doctor')])]),
    allow('Mappings', ['lambda:GetEventSourceMapping'], ['*'], {
      ArnLike: { 'lambda:FunctionArn': names.functions },
    }),
    ...(alarmTopicArn
      ? [
          // Of composite alarms only without a resource.
          allow('DescribeAlarms', ['cloudwatch:DescribeAlarms'], ['*']),
          allow('Ring', ['cloudwatch:SetAlarmState', 'cloudwatch:DescribeAlarmHistory'], [alarms]),
          allow(
            'Subscribers',
            ['sns:ListSubscriptionsByTopic'],
            [alarmTopicArn, ticketTopicArn].filter(Boolean),
          ),
        ]
      : []),
  ];
}

function nameSecret({ arn }, { secretId = '' }) {
  return secretId.startsWith('arn:')
    ? secretId
    : arn('secretsmanager', `secret:${secretId}-??????`);
}

function passRoles({ roles }) {
  return allow('PassRoles', ['iam:PassRole'], [roles], {
    StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
  });
}

function allowBucket({ bucket }) {
  return [
    allow(
      'Bucket',
      [
        ...['s3:CreateBucket', 's3:DeleteBucket', 's3:ListBucket', 's3:GetObject*'],
        ...['s3:GetBucket*', 's3:Get*Configuration', 's3:PutEncryptionConfiguration'],
        ...['s3:PutBucketPublicAccessBlock', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
        ...['s3:PutBucketTagging', 's3:DeleteBucketTagging', 's3:TagResource', 's3:UntagResource'],
        's3:ListTagsForResource',
      ],
      [bucket, `${bucket}/*`],
    ),
  ];
}

function allowFunctions({ functions, mappings }, values) {
  const { vpcSubnetIds } = values;
  return [
    allow(
      'Functions',
      [
        ...['lambda:CreateFunction', 'lambda:DeleteFunction', 'lambda:GetFunction*'],
        ...['lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'],
        ...['lambda:PutFunctionConcurrency', 'lambda:DeleteFunctionConcurrency'],
        ...['lambda:GetRuntimeManagementConfig', 'lambda:AddPermission', 'lambda:GetPolicy'],
        ...['lambda:RemovePermission', 'lambda:TagResource', 'lambda:UntagResource'],
        'lambda:ListTags',
      ],
      [functions, mappings],
    ),
    // A mapping's ARN does not name its function; the condition key does.
    allow(
      'Mappings',
      [
        ...['lambda:CreateEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
        ...['lambda:DeleteEventSourceMapping', 'lambda:GetEventSourceMapping'],
      ],
      ['*'],
      { ArnLike: { 'lambda:FunctionArn': functions } },
    ),
    ...(vpcSubnetIds?.length > 0
      ? [
          allow(
            'Vpc',
            [
              ...['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
              'ec2:DescribeNetworkInterfaces',
            ],
            ['*'],
          ),
        ]
      : []),
  ];
}

/**
 * With `permissionsBoundaryArn`, roles can be written only while they have that boundary, and it cannot
 * be removed. Of these actions, those that take the condition key.
 */
function allowRoles({ roles }, values) {
  const { permissionsBoundaryArn } = values;
  const bounded = ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'];
  const boundary = permissionsBoundaryArn && {
    StringEquals: { 'iam:PermissionsBoundary': permissionsBoundaryArn },
  };
  return [
    allow(
      'WriteRoles',
      boundary ? [...bounded, 'iam:PutRolePermissionsBoundary'] : bounded,
      [roles],
      boundary,
    ),
    allow(
      'Roles',
      [
        ...['iam:DeleteRole', 'iam:GetRole', 'iam:UpdateRole', 'iam:UpdateRoleDescription'],
        ...['iam:UpdateAssumeRolePolicy', 'iam:GetRolePolicy', 'iam:ListRolePolicies'],
        ...['iam:ListAttachedRolePolicies', 'iam:TagRole', 'iam:UntagRole', 'iam:ListRoleTags'],
      ],
      [roles],
    ),
    passRoles({ roles }),
  ];
}

function allowApi({ apis, domains, domainRole }, values) {
  const { domainName, hostedZoneId } = values;
  return [
    allow(
      'Api',
      [
        ...['apigateway:GET', 'apigateway:POST', 'apigateway:PUT', 'apigateway:PATCH'],
        ...['apigateway:DELETE', 'apigateway:TagResource', 'apigateway:UntagResource'],
      ],
      domainName ? [...apis, ...domains] : apis,
    ),
    // API Gateway's first domain in an account creates its service-linked role (API Gateway developer guide,
    // "Using service-linked roles").
    ...(domainName
      ? [
          allow('DomainRole', ['iam:CreateServiceLinkedRole'], [domainRole], {
            StringEquals: { 'iam:AWSServiceName': 'ops.apigateway.amazonaws.com' },
          }),
        ]
      : []),
    ...(hostedZoneId ? allowRecords({ domainName, hostedZoneId }) : []),
  ];
}

/** Records of this one name and of these types. */
function allowRecords({ domainName, hostedZoneId }) {
  const zone = `arn:*:route53:::hostedzone/${hostedZoneId}`;
  return [
    allow('ChangeRecords', ['route53:ChangeResourceRecordSets'], [zone], {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [domainName],
        'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA'],
      },
    }),
    allow(
      'ReadRecords',
      ['route53:ListResourceRecordSets', 'route53:GetHostedZone', 'route53:GetChange'],
      [zone, 'arn:*:route53:::change/*'],
    ),
  ];
}

function allowLogs({ logGroups }) {
  return [
    allow(
      'Logs',
      [
        ...['logs:CreateLogGroup', 'logs:DeleteLogGroup', 'logs:PutRetentionPolicy'],
        ...['logs:DeleteRetentionPolicy', 'logs:TagResource', 'logs:UntagResource'],
        ...['logs:ListTagsForResource', 'logs:GetDataProtectionPolicy', 'logs:PutMetricFilter'],
        ...['logs:DeleteMetricFilter', 'logs:DescribeMetricFilters'],
        ...['logs:AssociateKmsKey', 'logs:DisassociateKmsKey'],
      ],
      logGroups,
    ),
    // Log deliveries and the resource policy are what API Gateway needs to write its access log (API
    // Gateway developer guide, "Configure logging for HTTP APIs").
    allow(
      'AccountLogs',
      [
        ...['logs:DescribeLogGroups', 'logs:DescribeIndexPolicies', 'logs:PutQueryDefinition'],
        ...['logs:DeleteQueryDefinition', 'logs:DescribeQueryDefinitions'],
        ...['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery'],
        ...['logs:DeleteLogDelivery', 'logs:ListLogDeliveries', 'logs:PutResourcePolicy'],
        'logs:DescribeResourcePolicies',
      ],
      ['*'],
    ),
  ];
}

function allowTable({ table }) {
  return [
    allow(
      'Table',
      [
        ...['CreateTable', 'UpdateTable', 'DeleteTable', 'Describe*', 'UpdateTimeToLive'],
        ...['UpdateContinuousBackups', 'TagResource', 'UntagResource', 'ListTagsOfResource'],
        'GetResourcePolicy',
      ].map((operation) => `dynamodb:${operation}`),
      [table],
    ),
  ];
}

/** Source: DynamoDB developer guide, "Using IAM with DynamoDB backup and restore". */
function allowRestore({ table, arn }, values) {
  return [
    allow(
      'Restore',
      [
        ...['RestoreTableFromBackup', 'DescribeTable', 'PutItem', 'UpdateItem', 'DeleteItem'],
        ...['GetItem', 'Query', 'Scan', 'BatchWriteItem', 'UpdateTable', 'UpdateTimeToLive'],
        'UpdateContinuousBackups',
      ].map((operation) => `dynamodb:${operation}`),
      [table, `${table}/backup/*`],
    ),
    allow('Backups', ['dynamodb:ListBackups'], [arn('dynamodb', 'table/*')]),
    ...(values.dataKeyArn ? allowKey(values) : []),
  ];
}

function allowMessages({ queues, rules }, values) {
  const { requestTopicArn } = values;
  return [
    allow(
      'Queues',
      [
        ...['sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        ...['sqs:SetQueueAttributes', 'sqs:TagQueue', 'sqs:UntagQueue', 'sqs:ListQueueTags'],
      ],
      [queues],
    ),
    allow(
      'Rules',
      [
        ...['events:PutRule', 'events:DeleteRule', 'events:DescribeRule', 'events:PutTargets'],
        ...['events:RemoveTargets', 'events:ListTargetsByRule', 'events:TagResource'],
        ...['events:UntagResource', 'events:ListTagsForResource'],
      ],
      rules,
    ),
    ...(requestTopicArn ? allowSubscription(queues, requestTopicArn) : []),
  ];
}

/** Only queues of the stack can be subscribed. SNS knows no resource for what follows on that. */
function allowSubscription(queues, requestTopicArn) {
  return [
    allow('Subscribe', ['sns:Subscribe'], [requestTopicArn], {
      StringEquals: { 'sns:Protocol': 'sqs' },
      StringLike: { 'sns:Endpoint': queues },
    }),
    allow(
      'Subscriptions',
      [...['sns:Unsubscribe', 'sns:GetSubscriptionAttributes'], 'sns:SetSubscriptionAttributes'],
      ['*'],
    ),
  ];
}

/**
 * CloudWatch allows calls that concern a composite alarm only to policies without a resource (CloudWatch API
 * reference, "PutCompositeAlarm", "DescribeAlarms" and "DeleteAlarms").
 */
function allowAlarms({ alarms, dashboards }, values) {
  const { alarmTopicArn } = values;
  return [
    allow(
      'Alarms',
      [
        ...['cloudwatch:PutMetricAlarm', 'cloudwatch:PutCompositeAlarm', 'cloudwatch:DeleteAlarms'],
        ...['cloudwatch:DescribeAlarms', 'cloudwatch:PutDashboard', 'cloudwatch:GetDashboard'],
        ...['cloudwatch:DeleteDashboards', 'cloudwatch:TagResource', 'cloudwatch:UntagResource'],
        'cloudwatch:ListTagsForResource',
      ],
      [alarms, dashboards],
    ),
    ...(alarmTopicArn
      ? [
          allow(
            'DeploymentAlarm',
            ['PutCompositeAlarm', 'DescribeAlarms', 'DeleteAlarms'].map(
              (each) => `cloudwatch:${each}`,
            ),
            ['*'],
          ),
        ]
      : []),
  ];
}

/** @param {Record<string, any>} values */
function allowKey({ dataKeyArn }) {
  return [
    allow(
      'DataKey',
      ['kms:DescribeKey', 'kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey*'],
      [dataKeyArn],
    ),
    allow('DataKeyGrants', ['kms:CreateGrant', 'kms:RevokeGrant'], [dataKeyArn], {
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
    }),
    allow('KeyAliases', ['kms:ListAliases'], ['*']),
  ];
}
