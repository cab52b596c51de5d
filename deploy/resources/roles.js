/**
 * One role per function: what it may do when everything that is off by default stays off. Triggers
 * bring the permissions they need with them.
 */
import { arnOf, functionNames, logicalId, readValues } from './functions.js';

export async function stack(context) {
  const values = await readValues(context);
  return {
    Resources: Object.fromEntries(
      functionNames.map((name) => [logicalId(name, 'Role'), buildRole(name, values)]),
    ),
  };
}

function buildRole(functionName, values) {
  return buildSecretRole(functionName, values, useRooms(functionName));
}

/** A role that may read the project's secret as well, and what else it is given. */
export function buildSecretRole(functionName, values, statements = []) {
  return buildLogRole(functionName, [
    readSecret(values),
    ...(values.secretKeyArn ? [decryptSecret(values)] : []),
    ...allowTraces(values),
    ...statements,
  ]);
}

/** A role that may write the function's own log, and what else it is given. */
export function buildLogRole(functionName, statements) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: `What the function ${functionName} may do`,
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
            Statement: [writeOwnLog(functionName), ...statements],
          },
        },
      ],
    },
  };
}

/** A log group's ARN ends in `:*`, which stands for its streams. The group itself is declared. */
function writeOwnLog(functionName) {
  return {
    Sid: 'WriteOwnLog',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: arnOf(logicalId(functionName, 'LogGroup')),
  };
}

/**
 * What a function does with the table of rooms, if anything. IAM can narrow it no further than to
 * actions: it knows partition keys (`dynamodb:LeadingKeys`), and any room is one, with all kinds of
 * items in it.
 */
function useRooms(functionName) {
  const operations = {
    joinRoom: ['GetItem', 'PutItem', 'UpdateItem'],
    joinAsGuest: ['GetItem', 'PutItem', 'UpdateItem'],
    manageRoom: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'],
    openRoom: ['GetItem', 'PutItem'],
  }[functionName];
  if (!operations) return [];
  const Action = operations.map((operation) => `dynamodb:${operation}`);
  return [{ Sid: 'UseRooms', Effect: 'Allow', Action, Resource: arnOf('RoomsTable') }];
}

/** Secrets Manager puts six characters after the name; `-??????` matches them and no longer name. */
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

/** The one `*` of the stack, and only with `tracing=true`: X-Ray knows no resources to name here. */
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
