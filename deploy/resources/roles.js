/**
 * One role per function. Triggers add the permissions that they need (request-queues.js, results.js).
 */
import { arnOf, functionNames, logicalId, readValues } from './functions.js';
import { findRequestQueues } from './request-queues.js';
import { indexArn, roomIndex, tableArn } from './rooms.js';

export async function stack(context) {
  const values = await readValues(context);
  return {
    Resources: Object.fromEntries(
      functionNames.map((name) => [logicalId(name, 'Role'), buildRole(name, values)]),
    ),
  };
}

function buildRole(functionName, values) {
  return buildSecretRole(functionName, values, useRooms(functionName, values));
}

/** A role that may also read the project's secret, and do what `statements` allow. */
export function buildSecretRole(functionName, values, statements = []) {
  return buildLogRole(functionName, values, [
    readSecret(values),
    ...(values.secretKeyArn ? [decryptSecret(values)] : []),
    ...allowTraces(values),
    ...statements,
  ]);
}

/** A role that may write the function's own log, and do what `statements` allow. */
export function buildLogRole(functionName, values, statements) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: `What the function ${functionName} may do`,
      ...roleLimits(values),
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      },
      Policies: [
        {
          PolicyName: 'own-work',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              writeOwnLog(functionName),
              ...statements,
              ...useDataKey(functionName, values),
              ...joinVpc(values),
            ],
          },
        },
      ],
    },
  };
}

/** What a company requires of every role in its account. */
export function roleLimits({ permissionsBoundaryArn, rolePath }) {
  return {
    ...(rolePath && { Path: rolePath }),
    ...(permissionsBoundaryArn && { PermissionsBoundary: permissionsBoundaryArn }),
  };
}

/** A log group's ARN ends in `:*`, for its streams. The stack declares the group itself. */
function writeOwnLog(functionName) {
  return {
    Sid: 'WriteOwnLog',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: arnOf(logicalId(functionName, 'LogGroup')),
  };
}

/** What the functions do with the table of rooms. */
export const roomOperations = {
  joinRoom: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem', 'Query'],
  joinAsGuest: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem', 'Query'],
  manageRoom: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem', 'Query'],
  openRoom: ['GetItem', 'PutItem', 'UpdateItem'],
  closeRooms: ['GetItem', 'UpdateItem', 'DeleteItem', 'Query'],
  receiveCallback: [
    'GetItem',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'ConditionCheckItem',
    'Query',
  ],
};

/**
 * IAM can limit this to actions only: its condition on partition keys (`dynamodb:LeadingKeys`) does not
 * help where any room is one, with all kinds of items in it.
 */
export function useRooms(functionName, values) {
  const operations = roomOperations[functionName];
  if (!operations) return [];
  const Action = operations.map((operation) => `dynamodb:${operation}`);
  return [
    { Sid: 'UseRooms', Effect: 'Allow', Action, Resource: tableArn(values) },
    ...(functionName === 'manageRoom' ? [listRooms(values)] : []),
  ];
}

function listRooms(values) {
  return {
    Sid: 'ListRooms',
    Effect: 'Allow',
    Action: 'dynamodb:Query',
    Resource: indexArn(values, roomIndex),
  };
}

/** Secrets Manager appends six characters to the name; `-??????` matches these and no longer name. */
function readSecret({ secretId }) {
  const named = `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${secretId}-??????`;
  return {
    Sid: 'ReadSecret',
    Effect: 'Allow',
    Action: 'secretsmanager:GetSecretValue',
    Resource: secretId?.startsWith('arn:') ? secretId : { 'Fn::Sub': named },
  };
}

function decryptSecret({ secretKeyArn }) {
  return {
    Sid: 'DecryptSecret',
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: secretKeyArn,
    Condition: {
      StringEquals: {
        'kms:ViaService': { 'Fn::Sub': `secretsmanager.\${AWS::Region}.\${AWS::URLSuffix}` },
      },
    },
  };
}

/** X-Ray has no resources to name, so this needs a `*`. */
export function allowTraces({ tracing }) {
  if (!tracing) return [];
  return [
    {
      Sid: 'SendTraces',
      Effect: 'Allow',
      Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
      Resource: '*',
    },
  ];
}

/**
 * Use of `dataKeyArn`, only through the services that encrypt with it. Lambda decrypts the environment,
 * and a message that it reads from a queue, as the function's role. DynamoDB acts for its caller: for a
 * customer key it needs all of these actions. Source: DynamoDB Developer Guide, "DynamoDB encryption at
 * rest usage notes" and "Authorizing use of a customer managed key"; SQS Developer Guide, "Key management".
 */
function useDataKey(functionName, values) {
  const { dataKeyArn } = values;
  if (!dataKeyArn) return [];
  const throughServices = (...services) => ({
    StringEquals: {
      'kms:ViaService': services.map((service) => ({
        'Fn::Sub': `${service}.\${AWS::Region}.\${AWS::URLSuffix}`,
      })),
    },
  });
  const takesMessages = findRequestQueues(values).some(
    (queue) => queue.functionName === functionName,
  );
  const decrypting = ['lambda', ...(takesMessages ? ['sqs'] : [])];
  return [
    {
      Sid: 'DecryptWithDataKey',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: dataKeyArn,
      Condition: throughServices(...decrypting),
    },
    ...(functionName in roomOperations
      ? [
          {
            Sid: 'UseDataKeyOfRooms',
            Effect: 'Allow',
            Action: [
              ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt'],
              ...['kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
              ...['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
            ],
            Resource: dataKeyArn,
            Condition: throughServices('dynamodb'),
          },
        ]
      : []),
  ];
}

const networkInterfaceActions = [
  ...['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
  ...['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
  ...['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
];

/**
 * Lambda attaches functions to the VPC with their roles' rights, which EC2 cannot limit to resources for
 * all of these actions. The function's own code gets none of them: its requests carry
 * `lambda:SourceFunctionArn`. Source: Lambda Developer Guide, "Giving Lambda functions access to resources
 * in an Amazon VPC", "Required IAM permissions" and "Security best practices".
 */
function joinVpc({ vpcSubnetIds }) {
  if (vpcSubnetIds.length === 0) return [];
  return [
    { Sid: 'JoinVpc', Effect: 'Allow', Action: networkInterfaceActions, Resource: '*' },
    {
      Sid: 'KeepCodeFromVpc',
      Effect: 'Deny',
      Action: networkInterfaceActions,
      Resource: '*',
      Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    },
  ];
}
