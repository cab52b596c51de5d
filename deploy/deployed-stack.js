/**
 * What runs now: the stack of this stage, as CloudFormation has it.
 */
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';

/**
 * @typedef {object} DeployedStack
 * @property {string} name
 * @property {string} status as CloudFormation calls it
 * @property {import('./losses.js').Template} template empty when nothing of it is there
 * @property {Record<string, string>} outputs
 * @property {Record<string, string>} parameters recorded by the deployment that made it
 */

/**
 * What osls calls a provider, as far as it is asked here; it has no types of its own for that.
 *
 * @typedef {object} Provider
 * @property {{ getStackName: () => string }} naming
 * @property {() => Promise<object>} getAwsSdkV3Config
 */

/**
 * Of a stack without resources: a change set announced it, or its first deployment failed and was taken
 * back. The template that CloudFormation has of it, if any, is of what never ran. Source: CloudFormation
 * user guide, "Stack status codes"; aws/aws-sam-cli#5687 for the missing template.
 */
export const emptyStatuses = ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE'];

/**
 * @param {Provider} provider
 * @returns {Promise<DeployedStack | undefined>} undefined when there is no such stack
 * @throws Error in words for whom it concerns, when it cannot be read
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
    if (TemplateBody === undefined) throw new Error(`CloudFormation gave no template of ${name}.`);
    const outputs = Object.fromEntries(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    const parameters = JSON.parse(outputs.Parameters ?? '{}');
    return { name, status, template: JSON.parse(TemplateBody), outputs, parameters };
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    if (!isDenied(cause)) throw cause;
    throw new Error(
      `What runs in ${name} may not be read; that needs cloudformation:DescribeStacks and cloudformation:GetTemplate. ${cause.message}`,
      { cause },
    );
  }
}

/** CloudFormation has no error of its own for it. */
function isMissing({ name, message }) {
  return name === 'ValidationError' && /does not exist/.test(message);
}

/** Whether AWS refused for lack of permission; services name that differently. */
export function isDenied({ name = '' }) {
  return /^AccessDenied(Exception)?$/.test(name);
}
