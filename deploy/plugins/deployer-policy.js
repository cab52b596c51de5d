/**
 * serverless plugin: `serverless deployer-policy --stage <stage> --document <name>` prints one of
 * the IAM policies for deploying that stage. It calls no AWS API.
 */
import { buildDeployerPolicies } from '../deployer-policy.js';

export default class DeployerPolicy {
  constructor(serverless, options) {
    const provider = serverless.getProvider('aws');
    this.commands = {
      'deployer-policy': {
        usage: 'Print an IAM policy that is enough to deploy this stage',
        lifecycleEvents: ['print'],
        options: {
          document: {
            type: 'string',
            usage:
              'deploy (calls of this command), functions or resources (calls of CloudFormation), restore (of a deleted table), or doctor',
            required: true,
          },
        },
      },
    };
    this.hooks = {
      'deployer-policy:print': () => {
        const policies = buildDeployerPolicies({
          stackName: provider.naming.getStackName(),
          region: provider.getRegion(),
          values: serverless.service.custom.parameters.values,
        });
        const names = Object.keys(policies);
        if (!names.includes(options.document)) {
          throw new serverless.classes.Error(
            `--document is ${options.document}. It must be one of ${names.join(', ')}.`,
            'UNKNOWN_DOCUMENT',
          );
        }
        process.stdout.write(`${JSON.stringify(policies[options.document], null, 2)}\n`);
      },
    };
  }
}
