/**
 * The stack policy: no update of the stack may replace or delete a resource that holds data or an address.
 * Pure.
 *
 * Source: CloudFormation user guide, "Prevent updates to stack resources": a policy applies to updates only,
 * not to the deletion of the stack; a temporary policy replaces it for one update.
 *
 * @typedef {{ Effect: 'Allow' | 'Deny', Principal: '*', Action: string | string[], Resource: string | string[], Condition?: object }} Statement
 */

const protectedTypes = ['AWS::ApiGatewayV2::DomainName', 'AWS::DynamoDB::Table', 'AWS::SQS::Queue'];

/** @type {Statement} */
const allowUpdates = { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' };
const losses = ['Update:Replace', 'Update:Delete'];

/**
 * The policy of the stack. It names types, because CloudFormation rejects a policy that names a resource
 * which the stack does not have.
 *
 * @type {Statement[]}
 */
export const stackPolicy = [
  allowUpdates,
  {
    Effect: 'Deny',
    Principal: '*',
    Action: losses,
    Resource: '*',
    Condition: { StringEquals: { ResourceType: protectedTypes } },
  },
];

/**
 * Builds the policy for one update, which may also replace or delete the resources in `accept`.
 *
 * @param {import('./destructive-changes.js').Template} deployed
 * @param {readonly string[]} accepted names, as the parameter `accept` has them
 * @returns {Statement[] | undefined} undefined if `accept` names none of the protected resources
 */
export function policyForUpdate({ Resources = {} }, accepted) {
  const ids = Object.entries(Resources).filter(([, { Type }]) => protectedTypes.includes(Type));
  const isFreed = ([id, { Type }]) =>
    accepted.includes(id) ||
    (Type === 'AWS::ApiGatewayV2::DomainName' && accepted.includes('domainName'));
  const kept = ids.filter((entry) => !isFreed(entry)).map(([id]) => `LogicalResourceId/${id}`);
  if (kept.length === ids.length) return undefined;
  return [
    allowUpdates,
    ...(kept.length > 0
      ? [
          {
            Effect: /** @type {const} */ ('Deny'),
            Principal: /** @type {const} */ ('*'),
            Action: losses,
            Resource: kept,
          },
        ]
      : []),
  ];
}
