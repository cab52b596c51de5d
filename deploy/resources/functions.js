/**
 * What the files of this folder share: the functions, by osls's names of their resources, and the values of
 * the parameters.
 */

/** Functions that every deployment has, as in serverless.yml. */
export const functionNames = [
  ...['createSession', 'issueToken'],
  ...['joinRoom', 'joinAsGuest', 'manageRoom', 'openRoom'],
];

/** Functions of a deployment. */
export function functionNamesOf({ describe, liveRooms }) {
  return [
    ...functionNames,
    ...(liveRooms ? ['receiveCallback', 'closeRooms'] : []),
    ...(describe ? ['describeApi', 'inspectToken'] : []),
  ];
}

/** Returns the logical id of a function's resource, for example `CreateSessionRole`. */
export function logicalId(functionName, kind) {
  return `${functionName[0].toUpperCase()}${functionName.slice(1)}${kind}`;
}

/** The ARN of a resource of this stack. */
export function arnOf(id) {
  return { 'Fn::GetAtt': [id, 'Arn'] };
}

/** The ARN of a function. */
export function functionArn(functionName) {
  return arnOf(logicalId(functionName, 'LambdaFunction'));
}

/** Returns a policy with one statement for a function's role, for what only some deployments need. */
export function buildRolePolicy({ functionName, policyName, action, resource }) {
  return {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: policyName,
      Roles: [{ Ref: logicalId(functionName, 'Role') }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
      },
    },
  };
}

/**
 * Returns the values of the deployment's parameters.
 *
 * @param {{ resolveConfigurationProperty: (path: string[]) => Promise<any> }} context
 */
export function readValues({ resolveConfigurationProperty }) {
  return resolveConfigurationProperty(['custom', 'parameters', 'values']);
}

/**
 * Returns the name of the stack, which names of resources begin with.
 *
 * @param {{ resolveVariable: (variable: string) => Promise<string> }} context
 */
export async function readStackName({ resolveVariable }) {
  return `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
}
