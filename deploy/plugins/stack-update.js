/**
 * serverless plugin: sets what an update of the stack may do, where osls (4.3.1) has no option for it.
 *
 * - The stack policy (deploy/stack-policy.js). `accept` sends a temporary policy for this update, which
 *   frees the resources that it names.
 * - Rollback triggers: while the stack's composite alarm rings, CloudFormation rolls the update back. osls's
 *   schema admits metric alarms only. A trigger that does not exist fails the update, so the first deployment
 *   with alarms has none. `serverless rollback` has none either: the alarm may ring for what it replaces.
 *
 * Sources: CloudFormation API reference, "RollbackConfiguration" (triggers are saved for later updates until
 * others are given) and "UpdateStack".
 */
import { readDeployedStack } from '../deployed-stack.js';
import { policyForUpdate, stackPolicy } from '../stack-policy.js';

/** An update that states no triggers uses those of the one before. */
export const noTriggers = { RollbackTriggers: [], MonitoringTimeInMinutes: 0 };

export default class StackUpdate {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.hooks = {
      // A deployment of a package replaces the parameters of this command later.
      initialize: () => {
        this.values = serverless.service.custom.parameters.values;
      },
      'before:aws:deploy:deploy:updateStack': () => this.prepare('AwsDeploy'),
      'before:rollback:rollback': () => this.prepare('AwsRollback'),
    };
  }

  /** @param {'AwsDeploy' | 'AwsRollback'} updater osls's plugin that updates the stack */
  async prepare(updater) {
    const { provider } = this.serverless.service;
    const deployed = await readDeployedStack(this.provider);
    provider.stackPolicy = stackPolicy;
    provider.rollbackConfiguration =
      updater === 'AwsDeploy' ? this.findTriggers(deployed) : noTriggers;
    const temporary = policyForUpdate(deployed?.template ?? {}, this.values.accept);
    if (temporary) this.addParameters(updater, { Statement: temporary });
  }

  findTriggers(deployed) {
    const Arn = deployed?.outputs.RollbackAlarmArn;
    const { rollbackMinutes, alarmTopicArn } = this.values;
    // The update that removes the alarm cannot wait for it.
    if (!Arn || !alarmTopicArn || rollbackMinutes === 0) return noTriggers;
    return {
      RollbackTriggers: [{ Arn, Type: 'AWS::CloudWatch::CompositeAlarm' }],
      MonitoringTimeInMinutes: rollbackMinutes,
    };
  }

  /** osls builds the parameters of `UpdateStack` in a method of its plugin. */
  addParameters(updater, policy) {
    const plugin = this.serverless.pluginManager
      .getPlugins()
      .find((each) => each.constructor.name === updater);
    const build = plugin?.getUpdateStackParams;
    if (!build) {
      throw new this.serverless.classes.Error(
        `Stopped; nothing was changed. This version of osls updates the stack in another way, so accept cannot free resources of the stack policy (deploy/plugins/stack-update.js).`,
        'UNKNOWN_UPDATER',
      );
    }
    plugin.getUpdateStackParams = (options) => ({
      ...build.call(plugin, options),
      StackPolicyDuringUpdateBody: JSON.stringify(policy),
    });
  }
}
