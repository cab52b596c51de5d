/**
 * Reads the running stack of this stage from CloudFormation.
 */
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';

/**
 * @typedef {object} DeployedStack
 * @property {string} name
 * @property {string} status as CloudFormation calls it
 * @property {import('./destructive-changes.js').Template} template empty if the stack has no resources
 * @property {Record<string, string>} outputs
 * @property {Record<string, string>} parameters that it was deployed with
 */

/**
 * The part of osls's provider that is used here; osls has no types for it.
 *
 * @typedef {object} Provider
 * @property {{ getStackName: () => string }} naming
 * @property {() => Promise<object>} getAwsSdkV3Config
 */

/**
 * Statuses of a stack without resources: only a change set exists, or the first deployment failed and was
 * rolled back. Its template, if any, never ran. Source: CloudFormation user guide, "Stack status codes";
 * aws/aws-sam-cli#5687 for the missing template.
 */
export const emptyStatuses = ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE'];

/**
 * @param {Provider} provider
 * @returns {Promise<DeployedStack | undefined>} undefined if there is no such stack
 * @throws Error if it cannot be read; the message names the missing permissions
 */
export async function readDeployedStack(provider) {
  const name = provider.naming.getStackName();
  const cloudFormation = new CloudFormationClient(await provider.getAwsSdkV3Config());
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    const status = Stacks?.[0]?.StackStatus ?? '';
    if (emptyStatuses.includes(status)) {
      return { name, status, template: {}, outputs: {}, parameters: {} };
    }
    const { TemplateBody } = await cloudFormation.send(new GetTemplateCommand({ StackName: name }));
    if (TemplateBody === undefined)
      throw new Error(`CloudFormation returned no template of ${name}.`);
    const outputs = Object.fromEntries(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    const parameters = JSON.parse(outputs.Parameters ?? '{}');
    return { name, status, template: JSON.parse(TemplateBody), outputs, parameters };
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    if (!isDenied(cause)) throw cause;
    throw new Error(
      `The stack ${name} cannot be read: that needs cloudformation:DescribeStacks and cloudformation:GetTemplate. ${cause.message}`,
      { cause },
    );
  }
}

/**
 * Reads the names that resources have in their services, by logical id. For a queue it is its URL.
 *
 * @param {object} config of an AWS client
 * @param {string} stackName
 * @returns {Promise<Map<string | undefined, string | undefined>>}
 */
export async function readPhysicalIds(config, stackName) {
  const client = new CloudFormationClient(config);
  const ids = new Map();
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      ids.set(LogicalResourceId, PhysicalResourceId);
    }
  }
  return ids;
}

/** CloudFormation has no specific error for a missing stack. */
function isMissing({ name, message }) {
  return name === 'ValidationError' && /does not exist/.test(message);
}

/** Whether AWS denied access; services name that error differently. */
export function isDenied({ name = '' }) {
  return /^(AccessDenied|AuthorizationError)(Exception)?$/.test(name);
}
